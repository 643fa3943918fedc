import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** How kvarter is shipped in containers, as text, so that a test can break it. */
export type Deployment = {
  readonly compose: string;
  readonly dockerfile: string;
  readonly dockerignore: string;
};

export function readDeployment(root: string): Deployment {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  return {
    compose: read('docker-compose.yml'),
    dockerfile: read('Dockerfile'),
    dockerignore: read('.dockerignore'),
  };
}

export type Service = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
};

export type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
};

export function parseCompose(text: string): Compose {
  return parse(text) as Compose;
}

/** The service's variables as a container gets them when everybody sets what `${NAME:?why}` asks for. */
export function environmentOf(service: Service | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service?.environment ?? {}).map(([name, value]) => [
      name,
      String(value).replace(
        /\$\{(\w+)(?::?-([^}]*)|:?\?[^}]*)?\}/g,
        (_, wanted, byDefault) => byDefault ?? `given-${wanted}`,
      ),
    ]),
  );
}

/** A Dockerfile's instructions, continued lines joined. `CMD` behind a HEALTHCHECK belongs to it. */
export function instructions(
  dockerfile: string,
): readonly { readonly name: string; readonly rest: string }[] {
  return dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      return name === undefined || rest === undefined ? [] : [{ name, rest: rest.trim() }];
    });
}

/** Sources that `COPY` takes from the build context, and the top of the container's file system that they become. */
export function copied(dockerfile: string): readonly { readonly source: string; readonly target: string }[] {
  return instructions(dockerfile)
    .filter(({ name }) => name === 'COPY')
    .flatMap(({ rest }) => {
      const paths = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
      const target = paths.at(-1) ?? '';
      return paths.slice(0, -1).map((source) => ({ source, target: target.endsWith('/') ? source : target }));
    });
}

/** Variables that the image sets: `ENV A=1 B=2`. */
export function imageEnvironment(dockerfile: string): Record<string, string> {
  const words = instructions(dockerfile)
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(words.map((word) => word.split(/=(.*)/s, 2)));
}

/** Does `.dockerignore` let a path into the build? This repository's form only: all is shut out, `!name` lets in. */
export function reachesBuild(dockerignore: string, source: string): boolean {
  return dockerignore.split('\n').includes(`!${source}`);
}

export function existsIn(root: string, path: string): boolean {
  return existsSync(join(root, path));
}
