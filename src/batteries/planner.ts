import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PlanAnswer, PlanRequest } from './plan-message.ts';

/** In an installed package it is JavaScript, as this file is. */
const threadFile = new URL(`plan-thread${extname(import.meta.filename)}`, import.meta.url);

/** Asks the planning thread, which is started with the first question and anew after it has failed. */
export type Planner = {
  /** One question at a time. Rejects when the thread fails: it has forgotten everything then. */
  readonly ask: (request: PlanRequest) => Promise<PlanAnswer>;
} & AsyncDisposable;

/** `tariffsFolder`: what the thread reads its tariffs from. */
export function openPlanner(tariffsFolder: string): Planner {
  let thread: Worker | undefined;
  let isOver = false;
  return {
    ask: (request) => {
      if (isOver) return Promise.reject(new Error('the planner is closed'));
      thread ??= new Worker(threadFile, { workerData: tariffsFolder });
      const asked = thread;
      const { promise, resolve, reject } = Promise.withResolvers<PlanAnswer>();
      const onExit = () => {
        thread = undefined;
        reject(new Error('the planning thread has ended'));
      };
      const onError = (error: unknown) => {
        thread = undefined;
        reject(error);
      };
      asked.once('message', resolve).once('error', onError).once('exit', onExit);
      asked.postMessage(request);
      return promise.finally(() => {
        asked.off('message', resolve).off('error', onError).off('exit', onExit);
      });
    },
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await thread?.terminate();
    },
  };
}
