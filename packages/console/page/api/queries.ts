import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError, api, type StreamFilter } from './client.ts';
import { useInterval } from './events.ts';
import { useAccess } from './session.tsx';

/** More than anybody has rows for; the list draws only those that are seen. */
const MAX_STREAMS = 1000;

export function useStreams(filter: StreamFilter = {}) {
  return useQuery({
    queryKey: ['streams', filter],
    queryFn: () => api.streams({ limit: MAX_STREAMS, ...filter }),
    refetchInterval: useInterval(),
    placeholderData: keepPreviousData,
  });
}

export function useStream(id: string, interval?: number, enabled = true) {
  const usual = useInterval();
  return useQuery({
    queryKey: ['stream', id],
    queryFn: () => api.stream(id),
    enabled,
    refetchInterval: interval ?? usual,
    retry: (count, error) => !(error instanceof ApiError && error.status === 404) && count < 2,
  });
}

export function useViewers(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['stream', id, 'viewers'],
    queryFn: () => api.viewers(id),
    refetchInterval: useInterval(),
    enabled,
  });
}

/** Why there is no picture, in words. */
export function useDiagnosis(id: string, enabled = true) {
  const isOffered = useAccess().has('/streams/{stream_id}/diagnosis');
  return useQuery({
    queryKey: ['stream', id, 'diagnosis'],
    queryFn: () => api.diagnosis(id),
    refetchInterval: useInterval(),
    enabled: enabled && isOffered,
    retry: false,
  });
}

/** Where a stream can be played does not change while it is looked at. */
export function usePlayUrls(id: string, enabled = true) {
  return useQuery({
    queryKey: ['play', id],
    queryFn: () => api.playUrls(id),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
}

export function useServer() {
  return useQuery({ queryKey: ['server'], queryFn: api.server, refetchInterval: 10_000 });
}

export function useNodes() {
  return useQuery({ queryKey: ['nodes'], queryFn: api.nodes, refetchInterval: 2000 });
}

export function useProtocols() {
  return useQuery({ queryKey: ['protocols'], queryFn: api.protocols, refetchInterval: 2000 });
}
