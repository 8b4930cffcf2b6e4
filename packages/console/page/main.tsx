import '@mantine/core/styles.css';
import './theme/console.css';
import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { TextProvider } from './text/text.tsx';
import { colours, theme } from './theme/theme.ts';

const RETRIES = 2;

/** The word by which the server's policy knows the style elements that the library adds. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name=nonce]')?.content ?? '';
setNonce(nonce);

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that is over is noticed by whatever is asked next.
    onError: (error, query) => {
      if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== 'entrance')
        void queries.invalidateQueries({ queryKey: ['entrance'] });
    },
  }),
  defaultOptions: {
    queries: {
      // What was refused is refused again; what did not answer may.
      retry: (count, error) =>
        !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < RETRIES,
      staleTime: 1000,
    },
  },
});

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={colours}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <TextProvider>
            <ErrorBoundary>
              <App />
            </ErrorBoundary>
          </TextProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
