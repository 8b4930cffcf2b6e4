import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { clearSession, setSession } from '../access/cookies.ts';
import { principalOf } from '../access/principal.ts';
import { PROBLEMS, the } from '../schemas.ts';
import type { Accounts } from './accounts.ts';
import { verifyPassword } from './password.ts';
import { addressOf, notFound, presentSession } from './present.ts';
import { LoginSchema, PasswordChangeSchema, SessionSchema } from './schemas.ts';

export interface AccountRouteOptions {
  readonly accounts: Accounts;
}

const tags = ['accounts'];

/** Coming in by the page, and going out. */
export const authRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, { accounts }) => {
  app.get(
    '/login',
    {
      schema: {
        hide: true,
        querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
    },
    async (request, reply) => {
      const { token } = request.query;
      if (token === undefined) return reply.redirect('/', 303);
      request.claimedName = 'a login link';
      const { user, session } = await accounts.loginByLink(token, addressOf(request));
      request.claimedName = user.name;
      setSession(reply, session, isSecure(request));
      // Away from the address with the token in it.
      return reply.redirect('/', 303);
    },
  );

  app.post(
    '/api/v1/auth/login',
    {
      schema: {
        summary: 'Begin a session of the page; its cookie comes with the answer',
        tags,
        body: the(LoginSchema),
        response: { 200: the(SessionSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      request.claimedName = username;
      const { user, session } = await accounts.login(username, password, addressOf(request));
      setSession(reply, session, isSecure(request));
      return presentSession({ ...user, session });
    },
  );

  app.get(
    '/api/v1/auth/session',
    { schema: { summary: 'Who is asking', tags, response: { 200: the(SessionSchema), ...PROBLEMS } } },
    async request => presentSession(principalOf(request)),
  );

  app.post(
    '/api/v1/auth/logout',
    { schema: { summary: 'End the session', tags, response: { 204: Type.Null(), ...PROBLEMS } } },
    async (request, reply) => {
      const { session } = principalOf(request);
      if (session !== undefined) await accounts.sessions.end(session);
      clearSession(reply, isSecure(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/auth/password',
    {
      schema: {
        summary: 'Set the own password; all sessions of the user but a new one end',
        tags,
        body: the(PasswordChangeSchema),
        response: { 200: the(SessionSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { userId, session } = principal;
      if (userId === undefined || session === undefined)
        throw new FluxError('NOT_ALLOWED', 'Only who has logged in has a password to set.');
      const found = await accounts.users.findByName(principal.name);
      if (!found) throw notFound('user');
      const { current_password: current = '', password } = request.body;
      accounts.limiter.check(principal.name, addressOf(request));
      if (found.hash !== null && !(await verifyPassword(current, found.hash))) {
        accounts.limiter.failed(principal.name, addressOf(request));
        throw new FluxError('NOT_ALLOWED', 'The current password is wrong.');
      }
      await accounts.users.change(userId, { password });
      const next = await accounts.sessions.begin(userId, addressOf(request));
      setSession(reply, next, isSecure(request));
      return presentSession({ ...principal, session: next });
    },
  );
};

/** Whether the client's way to the server, or to the proxy before it, is encrypted. */
function isSecure({ headers, clientAddress, socket }: FastifyRequest): boolean {
  const isProxied = clientAddress !== undefined && clientAddress !== socket.remoteAddress;
  return isProxied && headers['x-forwarded-proto'] === 'https';
}
