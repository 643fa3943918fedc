import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, languages } from '../delivery/settings.ts';
import { parseTemplate, type Template, unknownNames } from '../delivery/template.ts';
import {
  listNames,
  type MessageTemplate,
  namesInMessages,
  type TemplateKind,
  templateKinds,
  type Wording,
  type Words,
  wordsSchemaOf,
} from '../delivery/words.ts';
import { ruleTypeNames } from '../rules/rule-file.ts';
import { invalid, type Problem, parseYaml, zodProblems } from './problem.ts';

export type Wordings = ReadonlyMap<Language, Wording>;

/**
 * What is said to people: `{folder}/{language}/{kind}.txt` for each kind of message, and `words.yaml` beside them. Throws
 * `config-invalid` with every problem at its file and line.
 */
export function loadTemplates(folder: string): Wordings {
  const problems: Problem[] = [];
  const wordings = new Map<Language, Wording>();
  for (const language of languages) {
    const dir = join(folder, language);
    const words = readWords(join(dir, 'words.yaml'), problems);
    const messages = templateKinds.map(
      (kind) => [kind, readMessage(join(dir, `${kind}.txt`), problems)] as const,
    );
    if (words) wordings.set(language, { language, words, messages: allOf(messages) });
  }
  if (problems.length > 0) throw invalid(problems);
  return wordings;
}

const NOTHING: MessageTemplate = { subject: [], body: [] };

function allOf(found: readonly (readonly [TemplateKind, MessageTemplate])[]): Wording['messages'] {
  const by = new Map(found);
  const of = (kind: TemplateKind) => by.get(kind) ?? NOTHING;
  return {
    new: of('new'),
    escalated: of('escalated'),
    resolved: of('resolved'),
    group: of('group'),
    summary: of('summary'),
  };
}

/** `Subject: …` in the first line, an empty one, and the text. */
function readMessage(file: string, problems: Problem[]): MessageTemplate {
  const text = readText(file, problems);
  if (text === undefined) return NOTHING;
  const [, subject, body] = /^Subject:[ \t]*(.*)\r?\n[ \t]*\r?\n([\s\S]*)$/.exec(text) ?? [];
  if (subject === undefined || body === undefined) {
    problems.push({ file, line: 1, message: 'must begin with "Subject: …" and an empty line' });
    return NOTHING;
  }
  const part = (source: string, linesBefore: number): Template => {
    const parsed = parseTemplate(source);
    const wrong = parsed.ok ? unknownNames(parsed.template, namesInMessages, listNames) : parsed.problems;
    problems.push(...wrong.map(({ line, message }) => ({ file, line: line + linesBefore, message })));
    return parsed.ok ? parsed.template : [];
  };
  return { subject: part(subject, 0), body: part(body, 2) };
}

const wordsSchema = wordsSchemaOf(ruleTypeNames);

function readWords(file: string, problems: Problem[]): Words | undefined {
  const text = readText(file, problems);
  if (text === undefined) return undefined;
  const yaml = parseYaml(file, text);
  problems.push(...yaml.problems);
  if (yaml.problems.length > 0) return undefined;
  const parsed = wordsSchema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  problems.push(...zodProblems(file, parsed.error, yaml, 'words.yaml of this version'));
  return undefined;
}

function readText(file: string, problems: Problem[]): string | undefined {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  problems.push({ file, message: 'is missing: copy it from config/templates of this version' });
  return undefined;
}
