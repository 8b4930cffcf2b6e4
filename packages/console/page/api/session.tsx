import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { ApiError, api, proveBy } from './client.ts';
import type { ApiPath, Role, Session } from './types.ts';

/** Who is using the console, and what this server can do. */
export interface Access {
  /** Absent where the server asks nobody who they are. */
  readonly user: Session['user'] | undefined;
  /** Whether this server has that part of the API; an older one may not. */
  has(path: ApiPath): boolean;
  /** At least this role. */
  may(role: Role): boolean;
}

type Entrance = { readonly state: 'in'; readonly access: Access } | { readonly state: 'out' };

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, administrator: 2 };

async function enter(): Promise<Entrance> {
  let paths: ReadonlySet<string> = new Set();
  try {
    paths = await api.paths();
    const hasLogin = paths.has('/api/v1/auth/session');
    const session = hasLogin ? await api.session() : undefined;
    proveBy(session?.csrf_token);
    return { state: 'in', access: accessOf(session?.user, paths) };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return { state: 'out' };
    throw error;
  }
}

function accessOf(user: Session['user'] | undefined, paths: ReadonlySet<string>): Access {
  return {
    user,
    has: path => paths.has(`/api/v1${path}`),
    may: role => user === undefined || RANKS[user.role] >= RANKS[role],
  };
}

const ENTRANCE = ['entrance'];

export function useEntrance() {
  return useQuery({ queryKey: ENTRANCE, queryFn: enter, staleTime: Number.POSITIVE_INFINITY, retry: false });
}

/** Ask anew who is using the console: after logging in, and when a session is over. */
export function useReenter() {
  const client = useQueryClient();
  return async () => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ENTRANCE[0] });
    await client.invalidateQueries({ queryKey: ENTRANCE });
  };
}

const AccessContext = createContext<Access>(accessOf(undefined, new Set()));

export function AccessProvider({ access, children }: { access: Access; children: ReactNode }) {
  const value = useMemo(() => access, [access]);
  return <AccessContext value={value}>{children}</AccessContext>;
}

export function useAccess(): Access {
  return useContext(AccessContext);
}
