import type { Node, Source } from './source.ts';

export type Breach = { readonly node: Node; readonly says: string };

/** What a rule of the house finds in one file, knowing all of them. */
export type HouseRule = (source: Source, all: readonly Source[]) => readonly Breach[];

/** Tests may touch the process, cast and be long; the product may not. */
export function isProduct(source: Source): boolean {
  return source.path.startsWith('src/') || source.path.startsWith('simulators/');
}
