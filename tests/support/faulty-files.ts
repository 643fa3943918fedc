import { diskFiles, type JournalFiles } from '../../src/journal/journal-files.ts';

export type Call = 'open' | 'write' | 'datasync' | 'truncate';
/** What happens to the calls from the n-th on, counted from 0 over all files: an error, or half of what is written. */
export type Fault = { readonly call: Call; readonly nth: number; readonly times: number } & (
  | { readonly error: 'ENOSPC' | 'EIO' | 'EROFS' }
  | { readonly short: true }
);

/** The real disk, but for the faults. `calls` counts what was asked for. */
export function faultyFiles(faults: readonly Fault[]): {
  readonly files: JournalFiles;
  readonly calls: Map<Call, number>;
} {
  const calls = new Map<Call, number>();
  const strike = (call: Call): Fault | undefined => {
    const n = calls.get(call) ?? 0;
    calls.set(call, n + 1);
    const fault = faults.find((one) => one.call === call && n >= one.nth && n < one.nth + one.times);
    if (fault && 'error' in fault) {
      throw Object.assign(new Error(`${fault.error}: ${call}`), { code: fault.error });
    }
    return fault;
  };
  return {
    calls,
    files: {
      open: async (path) => {
        strike('open');
        const file = await diskFiles.open(path);
        return {
          write: async (bytes, offset, length, position) => {
            // An error comes after part of the bytes, as on a disk that fills up.
            const half = Math.ceil(length / 2);
            try {
              return await file.write(bytes, offset, strike('write') ? half : length, position);
            } catch (error) {
              await file.write(bytes, offset, half, position);
              throw error;
            }
          },
          datasync: async () => {
            strike('datasync');
            await file.datasync();
          },
          truncate: async (length) => {
            strike('truncate');
            await file.truncate(length);
          },
          close: () => file.close(),
        };
      },
    },
  };
}
