# The app for any role (ROLE=web, worker, or both). It is to be given DATABASE_URL; the programs of the embedded database are in the
# image too, as a dependency like any other, and are not used then. Nothing in it can be written by the user it runs as.
FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY migrations migrations
COPY public public
COPY seeds seeds
COPY src src
COPY views views
USER node
EXPOSE 3000
# Draining, finishing requests and jobs take up to 25 seconds with the usual DRAIN_SECONDS: docker stop --time 45.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "src/server.ts"]
