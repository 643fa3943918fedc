import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { type LoadCommand, loadCommandStates } from '../domain/load-command.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { problemSchema } from './problem.ts';
import { buildingsOf, scopeParameter } from './scope.ts';
import { timeParameter } from './times.ts';

const MAX_LIMIT = 1000;

const querySchema = z.strictObject({
  scope: scopeParameter.optional().describe('default: all buildings'),
  before: timeParameter.optional().describe('commands before this moment only'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
});

const answerSchema = z.object({
  loadControl: z.enum(['off', 'dryRun', 'on']),
  commands: z.array(
    z.object({
      id: z.string(),
      building: z.string(),
      load: z.string(),
      powerKw: z.number().describe('what the load uses; what a battery is to charge, negative: discharge'),
      gridKw: z.number().optional().describe('of a battery: what the main meter is to show, kW'),
      cause: z.string().describe('id of the alert or limit that asked for it'),
      at: timeText,
      until: timeText.describe('the load comes back then, whatever happens'),
      state: z
        .enum(loadCommandStates)
        .describe('dryRun: not sent; waiting: to be sent; expired: its end came before it could be sent'),
      detail: z.string().optional().describe('what the load said'),
      sentAt: timeText.optional(),
      answeredAt: timeText.optional(),
    }),
  ),
  batteries: z
    .array(
      z.object({
        building: z.string(),
        battery: z.string(),
        at: timeText.optional().describe('start of the step that was planned last'),
        reason: z.string().optional().describe('why there is no set-point'),
      }),
    )
    .describe('of the whole register, or of the scope'),
});

/** How the plan of a battery stands. */
export type BatteryState = {
  readonly building: string;
  readonly battery: string;
  readonly atMs?: number;
  readonly reason?: string;
};

export type CommandsRoute = {
  readonly mode: 'off' | 'dryRun' | 'on';
  readonly batteries: () => readonly BatteryState[];
  readonly list: (query: {
    readonly buildings?: ReadonlySet<string>;
    readonly beforeMs?: number;
    readonly limit: number;
  }) => readonly LoadCommand[];
};

/** `GET /api/v1/commands`: what flexible loads were told, or in a dry run would have been, the newest first. */
export function commandsRoute(
  { mode, list, batteries }: CommandsRoute,
  register: () => Register,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/commands',
      {
        schema: {
          summary: 'Commands to flexible loads, the newest first',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 404: problemSchema, 503: problemSchema },
        },
      },
      async ({ query: { scope, before, limit } }) => {
        const buildings = scope === undefined ? undefined : buildingsOf(register(), scope);
        const found = list({
          limit,
          ...(buildings && { buildings }),
          ...(before === undefined ? {} : { beforeMs: before }),
        });
        return {
          loadControl: mode,
          commands: found.map(commandJson),
          batteries: batteries()
            .filter(({ building }) => !buildings || buildings.has(building))
            .map(({ atMs, ...state }) => ({
              ...state,
              ...(atMs === undefined ? {} : { at: isoTime(atMs) }),
            })),
        };
      },
    );
  };
}

function commandJson({ atMs, untilMs, sentAtMs, answeredAtMs, detail, ...command }: LoadCommand) {
  return {
    ...command,
    at: isoTime(atMs),
    until: isoTime(untilMs),
    ...(detail ? { detail } : {}),
    ...(sentAtMs === undefined ? {} : { sentAt: isoTime(sentAtMs) }),
    ...(answeredAtMs === undefined ? {} : { answeredAt: isoTime(answeredAtMs) }),
  };
}
