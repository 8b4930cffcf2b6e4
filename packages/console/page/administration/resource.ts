import type {
  ApiKeyRequest,
  HookChange,
  HookRequest,
  TenantChange,
  TenantRequest,
  UserChange,
  UserRequest,
} from '@flux-iot/client/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { client, take } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';

/** Something with an id that is listed, made, changed and deleted. */
export interface Item {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** What a form gathered; the API checks it. */
export type Values = Readonly<Record<string, unknown>>;

const LIMIT = 500;
const page = { params: { query: { limit: LIMIT } } };

/** What can be asked of each collection. */
const COLLECTIONS = {
  '/users': {
    list: () => take(client.GET('/api/v1/users', page)),
    make: (body: Values) => take(client.POST('/api/v1/users', { body: body as UserRequest })),
    change: (user_id: string, body: Values) =>
      take(
        client.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id } }, body: body as UserChange }),
      ),
    remove: (user_id: string) =>
      take(client.DELETE('/api/v1/users/{user_id}', { params: { path: { user_id } } })),
  },
  '/keys': {
    list: () => take(client.GET('/api/v1/keys', page)),
    make: (body: Values) => take(client.POST('/api/v1/keys', { body: body as ApiKeyRequest })),
    change: undefined,
    remove: (key_id: string) =>
      take(client.DELETE('/api/v1/keys/{key_id}', { params: { path: { key_id } } })),
  },
  '/tenants': {
    list: () => take(client.GET('/api/v1/tenants', page)),
    make: (body: Values) => take(client.POST('/api/v1/tenants', { body: body as TenantRequest })),
    change: (tenant_id: string, body: Values) =>
      take(
        client.PATCH('/api/v1/tenants/{tenant_id}', {
          params: { path: { tenant_id } },
          body: body as TenantChange,
        }),
      ),
    remove: (tenant_id: string) =>
      take(client.DELETE('/api/v1/tenants/{tenant_id}', { params: { path: { tenant_id } } })),
  },
  '/hooks': {
    list: () => take(client.GET('/api/v1/hooks', page)),
    make: (body: Values) => take(client.POST('/api/v1/hooks', { body: body as HookRequest })),
    change: (hook_id: string, body: Values) =>
      take(
        client.PATCH('/api/v1/hooks/{hook_id}', { params: { path: { hook_id } }, body: body as HookChange }),
      ),
    remove: (hook_id: string) =>
      take(client.DELETE('/api/v1/hooks/{hook_id}', { params: { path: { hook_id } } })),
  },
} as const;

export type Collection = keyof typeof COLLECTIONS;

/** All items of a collection. Where the server has no such collection, none is asked for. */
export function useItems(name: Collection) {
  const isOffered = useAccess().has(name);
  return useQuery({
    queryKey: ['items', name],
    enabled: isOffered,
    queryFn: async (): Promise<readonly Item[]> => (await COLLECTIONS[name].list()).items,
  });
}

/** What changes a collection; what is shown of it is read anew afterwards. */
export function useChanges(name: Collection) {
  const queries = useQueryClient();
  const { make, change, remove } = COLLECTIONS[name];
  const then = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
    const answer = await asked;
    await queries.invalidateQueries({ queryKey: ['items', name] });
    return answer;
  };
  return {
    make: (values: Values) => then<Item>(make(values)),
    change: async (id: string, values: Values) => {
      if (change) await then<unknown>(change(id, values));
    },
    remove: (id: string) => then<unknown>(remove(id)),
  };
}
