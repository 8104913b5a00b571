# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image already contains Node, and no tests run here, so no install scripts are needed.
RUN npm ci --ignore-scripts
COPY bin bin
COPY migrations migrations
COPY scripts scripts
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production \
    SPACEX_PIPELINE_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json package.json
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/migrations migrations
COPY --from=build /app/dist dist
RUN ln -s /app/bin/spacex-pipeline /usr/local/bin/spacex-pipeline \
    && mkdir /data \
    && chown node:node /data
USER node
# The folder in which the program looks for spacex-pipeline.config.json and keeps raw files, manifests and the embedded
# database.
WORKDIR /data
VOLUME /data
# Unhealthy if the configured server is unavailable. Always healthy with the embedded database: it is in this container,
# and opening it would get in the way of a run.
HEALTHCHECK --interval=30s --timeout=20s \
    CMD spacex-pipeline config | grep -q '^database.url *null ' \
    || spacex-pipeline query 'SELECT 1' > /dev/null || exit 1
ENTRYPOINT ["spacex-pipeline"]
CMD ["run"]
