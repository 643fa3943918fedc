import mqemitter from 'mqemitter';
import type { ListenedTopics } from './listened.ts';

/** aedes's emitter, as it makes it itself, with an eye on who listens to what. */
export function watchedEmitter(wanted: ListenedTopics) {
  const emitter = mqemitter({ concurrency: 100, matchEmptyLevels: true });
  const { on, removeListener } = emitter;
  return Object.assign(emitter, {
    on: (...args: Parameters<typeof on>) => {
      wanted.add(args[0]);
      return on.apply(emitter, args);
    },
    removeListener: (...args: Parameters<typeof removeListener>) => {
      wanted.remove(args[0]);
      return removeListener.apply(emitter, args);
    },
  });
}
