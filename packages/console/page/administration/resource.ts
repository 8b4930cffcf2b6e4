import { useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';

/** Something with an id that is listed, made, changed and deleted. */
export interface Item {
  readonly id: string;
  readonly [name: string]: unknown;
}

const LIMIT = 500;

/** All items of a collection: `/users`. Where the server has no such collection, none is asked for. */
export function useItems(path: string) {
  const isOffered = useAccess().has(path);
  return useQuery({
    queryKey: ['items', path],
    enabled: isOffered,
    queryFn: async () => (await request<{ items: readonly Item[] }>('GET', `${path}?limit=${LIMIT}`)).items,
  });
}

/** What changes a collection; what is shown of it is read anew afterwards. */
export function useChanges(path: string) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['items', path] });
  const then = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
    const answer = await asked;
    await refresh();
    return answer;
  };
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  return {
    make: (body: unknown) => then(request<Item>('POST', path, body)),
    change: (id: string, body: unknown) => then(request<Item>('PATCH', one(id), body)),
    remove: (id: string) => then(request<void>('DELETE', one(id))),
  };
}
