import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { access, constants, readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { describeEnvironment, readEnvironment } from "../src/config/environment.ts";
import { openDatabase } from "../src/postgres/connect.ts";

const ROOT = new URL("../", import.meta.url);

const service = z.object({
  image: z.string().optional(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
});
const compose = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

const text = await readFile(new URL("docker-compose.yml", ROOT), "utf8");
const { services, volumes } = compose.parse(parse(text));
const dockerfile = await readFile(new URL("Dockerfile", ROOT), "utf8");
const instructions = dockerfile
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** The service's environment with every `${NAME…}` replaced. */
function environmentOf(name: string): Record<string, string> {
  const entries = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value.replaceAll(/\$\{\w+:[-?][^}]*\}/g, "filled")]),
  );
}

suite("docker-compose.yml", () => {
  test("has the four services", () => {
    assert.deepEqual(Object.keys(services), ["postgres", "millrace", "prometheus", "grafana"]);
  });

  test("what is mounted exists: files here, or declared volumes", () => {
    for (const mount of Object.values(services).flatMap((one) => one.volumes)) {
      const [source = ""] = mount.split(":");
      if (source.startsWith("./")) assert.ok(existsSync(new URL(source, ROOT)), source);
      else assert.ok(source in volumes, source);
    }
  });

  test("every port is open to this machine alone", () => {
    for (const [name, { ports }] of Object.entries(services)) {
      assert.ok(ports.length > 0, name);
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test("no password stands in the file, and each is asked for and documented", async () => {
    const example = await readFile(new URL(".env.example", ROOT), "utf8");
    const uses = [...text.matchAll(/\$\{(\w+)([^}]*)\}/g)];
    const passwords = uses.filter(([, name = ""]) => name.includes("PASSWORD"));
    assert.ok(passwords.length >= 4);
    for (const [, name = "", rest = ""] of passwords) {
      assert.match(rest, /^:\?/, name);
      assert.match(example, new RegExp(`^${name}=$`, "m"));
    }
    for (const { environment } of Object.values(services)) {
      for (const [key, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|KEY/.test(key)) assert.match(value, /^\$\{\w+:\?/, key);
      }
    }
  });

  test("millrace gets variables that it reads, with values that it accepts", () => {
    const variables = environmentOf("millrace");
    const known = describeEnvironment().map(({ name }) => name);
    for (const name of Object.keys(variables))
      assert.ok(known.includes(name) || name.startsWith("AWS_"), name);
    const environment = readEnvironment(variables);
    const [, inside] = /^127\.0\.0\.1:\d+:(\d+)$/.exec(services["millrace"]?.ports[0] ?? "") ?? [];
    assert.deepEqual(environment.http, { host: "0.0.0.0", port: Number(inside), explicit: true });
    const database = openDatabase(environment.databaseUrl ?? "", { applicationName: "test", max: 1 });
    assert.equal(database.name, `postgres:5432/${environmentOf("postgres")["POSTGRES_DB"] ?? ""}`);
    assert.equal(new URL(environment.databaseUrl ?? "").username, environmentOf("postgres")["POSTGRES_USER"]);
    // Where the image has its pipelines and where the folder is mounted.
    assert.equal(environment.pipelines, "/app/pipelines");
    assert.ok(services["millrace"]?.volumes.includes("./pipelines:/app/pipelines:ro"));
  });

  test("Prometheus scrapes millrace's port and finds its rules", async () => {
    const config = z
      .object({
        rule_files: z.array(z.string()),
        scrape_configs: z.array(
          z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
        ),
      })
      .parse(parse(await readFile(new URL("dashboards/prometheus/prometheus.yml", ROOT), "utf8")));
    assert.deepEqual(config.scrape_configs[0]?.static_configs[0]?.targets, ["millrace:9464"]);
    for (const file of config.rule_files)
      assert.ok(existsSync(new URL(`dashboards/prometheus/${file}`, ROOT)), file);
  });

  test("Grafana's sources are those that its dashboard asks, and it has the password that they use", async () => {
    const provisioning = new URL("dashboards/grafana/provisioning/", ROOT);
    const { datasources } = z
      .object({
        datasources: z.array(
          z.object({
            uid: z.string(),
            type: z.string(),
            url: z.string(),
            secureJsonData: z.object({ password: z.string() }).optional(),
          }),
        ),
      })
      .parse(parse(await readFile(new URL("datasources/millrace.yaml", provisioning), "utf8")));
    const dashboard = await readFile(new URL("dashboards/grafana/dashboards/millrace.json", ROOT), "utf8");
    const asked = dashboard.matchAll(/"datasource":\s*\{\s*"type":\s*"([^"]+)",\s*"uid":\s*"([^"]+)"\s*\}/g);
    const pairs = new Set([...asked].map(([, type, uid]) => `${type ?? ""} ${uid ?? ""}`));
    assert.deepEqual(pairs, new Set(datasources.map(({ type, uid }) => `${type} ${uid}`)));
    for (const { url, secureJsonData } of datasources) {
      const [host = "", port = ""] = url.replace("http://", "").split(":");
      assert.ok(
        services[host]?.ports.some((published) => published.endsWith(`:${port}`)),
        url,
      );
      if (secureJsonData !== undefined)
        assert.ok(secureJsonData.password.slice(1) in environmentOf("grafana"));
    }
    const providers = await readFile(new URL("dashboards/millrace.yaml", provisioning), "utf8");
    const folder = /path: (\S+)/.exec(providers)?.[1] ?? "";
    assert.ok(
      services["grafana"]?.volumes.some((mount) => mount.split(":")[1] === folder),
      folder,
    );
  });

  test("the script that creates the reader may be executed and knows its variables", async () => {
    const script = new URL("dashboards/postgres/reader.sh", ROOT);
    await access(script, constants.X_OK);
    const variables = [...(await readFile(script, "utf8")).matchAll(/"\$(\w+)"|=\S*"?\$(\w+)/g)];
    assert.ok(variables.length >= 3);
    for (const [, plain, other] of variables) assert.ok((plain ?? other ?? "") in environmentOf("postgres"));
  });
});

suite("Dockerfile", () => {
  test("copies what exists and what the build's context lets through", async () => {
    const ignore = (await readFile(new URL(".dockerignore", ROOT), "utf8")).split("\n");
    const sources = instructions
      .filter((line) => line.startsWith("COPY "))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    assert.ok(sources.length >= 5);
    for (const source of sources) {
      assert.ok(existsSync(new URL(source, ROOT)), source);
      assert.ok(ignore.includes(`!${source}`), source);
    }
  });

  test("starts a command that exists, as an ordinary user", () => {
    const [entry = ""] = instructions.filter((line) => line.startsWith("ENTRYPOINT "));
    const [program, file = ""] = z.array(z.string()).parse(JSON.parse(entry.slice("ENTRYPOINT ".length)));
    assert.equal(program, "node");
    assert.ok(existsSync(new URL(file, ROOT)), file);
    assert.ok(instructions.includes('CMD ["run"]'));
    const user = instructions.indexOf("USER node");
    assert.ok(user >= 0 && user < instructions.findIndex((line) => line.startsWith("ENTRYPOINT ")));
  });

  test("asks for health where the program listens, and sets variables that it reads", () => {
    const set = instructions.flatMap((line) => /^ENV (\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
    const [http] = set.slice(set.indexOf("MILLRACE_HTTP") + 1);
    const { port } = readEnvironment({ MILLRACE_HTTP: http }).http;
    assert.ok(instructions.includes(`EXPOSE ${port}`));
    const health = instructions.find((line) => line.startsWith("HEALTHCHECK ")) ?? "";
    assert.ok(health.includes(`http://127.0.0.1:${port}/healthz`));
    for (const name of set.filter((_, index) => index % 2 === 0)) {
      assert.ok(
        name === "NODE_ENV" || describeEnvironment().some((variable) => variable.name === name),
        name,
      );
    }
  });
});
