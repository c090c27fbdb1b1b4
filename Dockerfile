# One image for every process: `api`, `worker`, `migrate`, or `start` for all in one. The command says which.
FROM node:24-bookworm-slim AS base
WORKDIR /purser
ENV NODE_ENV=production

# Optional packages are Node, which the image has, and the embedded Postgres, which a deployment doesn't use.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
RUN npm ci --include=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json ./
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN npm run build && find dist -name "*.tsbuildinfo" -o -name "*.d.ts" | xargs rm

FROM base
COPY --from=dependencies /purser/node_modules node_modules
COPY --from=build /purser/dist dist
COPY docs docs
COPY package.json LICENSE ./
# The user `node`, by number, so that an orchestrator can see that it isn't root. Nothing here is its own to change.
USER 1000:1000
# Inside a container loopback would be reachable from nowhere.
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
ENTRYPOINT ["node", "dist/apps/cli/main.js"]
CMD ["api"]
