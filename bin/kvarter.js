#!/usr/bin/env node
// The one JavaScript file that is written by hand: it must parse on an old Node, to say so in a sentence.
// In the repository it runs the TypeScript source; in an installed package, where Node does not strip types, dist/.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import v8 from 'node:v8';

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `kvarter needs Node 24 or later; this is ${process.versions.node}. ` +
      'Run it with `npx kvarter` or an npm script: they use the Node 24 that `npm ci` brought along.\n',
  );
  process.exit(1);
}
// V8 lets the heap grow to four times what is alive before it looks through it. Readings live for a moment: here that
// would be memory that never was needed. (`npm start` also holds the young generation small, which only a flag can.)
v8.setFlagsFromString('--heap-growing-percent=60');
// Hundreds of files are stripped of their types and compiled; once is enough. Where they cannot be kept they are compiled each time.
const { HOME, XDG_CACHE_HOME } = process.env;
const cache = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'));
if (cache) module.enableCompileCache(join(cache, 'kvarter'));
const source = new URL('../src/main.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/src/main.js', import.meta.url).href);
