import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './readme-tables.ts';

/** `npm run fix` writes the tables of the decoders' README from the definitions. */
const file = join(import.meta.dirname, '../../../src/decode/README.md');
writeFileSync(file, withTables(readFileSync(file, 'utf8')));
