# One image for every role: SERVER_TYPE says in which one a container starts.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY apps apps
COPY libs libs
COPY scripts scripts
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY package.json scripts/container.sh /app/
RUN mkdir /data && chown node:node /data
VOLUME /data
# From here a node's default directory, ./data/<node id>, is in the volume.
WORKDIR /
USER node
EXPOSE 8000
# Lives, not ready: a master waits for its secondaries before it is ready, and they wait for it to live.
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8000/healthcheck').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["sh", "/app/container.sh"]
# The flags of scripts/lib/node-flags.mjs.
CMD ["node", "--heap-growing-percent=175", "/app/dist/bundle/node.js"]
