# Millrace alone: Postgres runs in a container of its own, so neither its binaries nor a second Node (the
# optional dependencies) are wanted here. Node 24 runs the TypeScript as it is; there is nothing to build.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY src ./src
COPY sql ./sql
COPY pipelines ./pipelines
USER node
ENV MILLRACE_HTTP=0.0.0.0:9464
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/millrace.js"]
CMD ["run"]
