# One image for every process: `api`, `worker`, `migrate`, or `start` for all in one. The command says which.
FROM node:24-bookworm-slim AS base
WORKDIR /purser
ENV NODE_ENV=production

# Optional packages are Node, which the image has, and the embedded Postgres, which a deployment doesn't use.
# `npm ci` refuses a lock file that lacks the platform packages of other systems; `npm install` honours the lock too.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm install --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
RUN npm install --include=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN npm run build && rm dist/.tsbuildinfo

FROM base
COPY --from=dependencies /purser/node_modules node_modules
COPY --from=build /purser/dist dist
COPY package.json LICENSE ./
# The user `node`, by number, so that an orchestrator can see that it isn't root. Nothing here is its own to change.
USER 1000:1000
# Inside a container loopback would be reachable from nowhere.
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
ENTRYPOINT ["node", "dist/apps/cli/main.js"]
CMD ["api"]
