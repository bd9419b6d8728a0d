/**
 * How the page is built, served while developing, and tested.
 *
 * The build goes into the Python package, which serves it at `/`; every address in it is relative.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { shell } from './shell-plugin.ts';

const SERVER = 'http://127.0.0.1:8765';

export default defineConfig({
  base: './',
  plugins: [react(), shell()],
  worker: { format: 'es' },
  build: {
    outDir: '../src/vivavoce/server/page',
    emptyOutDir: true,
    // Inlined assets would be data: addresses, which a strict content security policy refuses for worklets.
    assetsInlineLimit: 0,
    // A part that is asked for while the server is away has to fail by itself alone: browsers ask no second time for what
    // was to be preloaded with it.
    modulePreload: { resolveDependencies: (_file, parts, { hostType }) => (hostType === 'js' ? [] : parts) },
    // Beside the page one for looking at faces, which tests and measurements open; nothing leads to it.
    rolldownOptions: { input: ['index.html', 'face.html'] },
    // The bundle carries other people's code: their licences go with it.
    license: { fileName: 'licenses.md' },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/v1': { target: SERVER, ws: true },
      '/api': { target: SERVER },
      '/health': { target: SERVER },
    },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
