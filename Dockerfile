# kvarter in one image: Node, the production dependencies, and the TypeScript source, which Node runs as it is.
FROM node:24-slim
WORKDIR /app

# The image has its own Node: the one that npm brings along for older machines is not kept.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && npm cache clean --force \
  && mkdir /data \
  && chown node:node /data

COPY bin bin
COPY config config
COPY simulators simulators
COPY src src

# Inside a container, loopback is reachable by nobody. kvarter listens here only with mqtt.username and mqtt.password set.
ENV NODE_ENV=production \
  KVARTER_DATADIR=/data \
  KVARTER_MQTT__HOST=0.0.0.0 \
  KVARTER_HTTP__HOST=0.0.0.0

USER node
VOLUME /data
EXPOSE 1883 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.KVARTER_HTTP__PORT ?? 8080) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "bin/kvarter.js", "start"]
