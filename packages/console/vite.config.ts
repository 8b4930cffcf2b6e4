import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** While the console is worked on (`npm run dev -w packages/console`), a running server answers what is asked of it. */
const SERVER = process.env.FLUX_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: `${import.meta.dirname}/page`,
  plugins: [react()],
  build: {
    // Hashed names: they may be kept for ever. Nothing is put inline, which the content security policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    target: 'es2022',
    emptyOutDir: true,
  },
  server: { proxy: { '/api': SERVER, '/flv': SERVER, '/hls': SERVER } },
});
