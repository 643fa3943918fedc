import { once } from 'node:events';
import { createApp } from '../app.ts';
import { loadConfig } from '../config/config.ts';
import { type Command, placesOf } from './command.ts';
import { createLogger } from './logger.ts';

export const start: Command = {
  usage: 'kvarter start [--config FILE]',
  help: `Settings come from config/kvarter.yaml (or --config FILE) and from KVARTER_… in the environment, which wins.
Logs JSON lines; the line "kvarter is up" says the ports. SIGTERM or Ctrl-C ends it cleanly.

  KVARTER_HTTP__PORT=9090 kvarter start --config /etc/kvarter.yaml`,
  options: { config: { type: 'string' } },
  endsItself: true,
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const { config, file } = loadConfig(placesOf(context, args));
    const log = createLogger(config, context.terminal !== undefined);
    const settings = { file, load: () => loadConfig(placesOf(context, args)).config };
    await using app = await createApp(config, log, context.version, file === '' ? {} : { settings });
    const { mqttPort, mqttTlsPort, mqttWebsocketPort, httpPort } = app;
    log.info(
      { mqttPort, mqttTlsPort, mqttWebsocketPort, httpPort, config: file, dataDir: config.dataDir },
      'kvarter is up',
    );
    if (!context.stop.aborted) await once(context.stop, 'abort');
    log.info('kvarter ends');
    return 0;
  },
};
