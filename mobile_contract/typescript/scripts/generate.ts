/**
 * Writes src/generated from the contract beside this package: the API's types from openapi.json, the sizes that
 * are agreed on from limits.json, how taps move a visit from visit_states.json, and from schemas/ the operations, the collections, a table of each collection's columns for databases that want a schema, and the schemas of
 * report and strokes, by which they are checked before the customer signs.
 * `npm run generate` writes; a test compares what is committed with what this would write.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import openapiTypescript, { astToString } from 'openapi-typescript';

type Json = Record<string, any>;
type Column = { type: 'string' | 'integer' | 'boolean' | 'object' | 'array'; nullable: boolean };

const CONTRACT = new URL('../../', import.meta.url);
const TARGET = new URL('../src/generated/', import.meta.url);
const NOTICE = '/** Generated from mobile_contract by `npm run generate`; do not edit. */\n';

/** Every generated file by its name. */
export async function generate(): Promise<Record<string, string>> {
  const operations = await schemas('schemas/operations/');
  const collections = await schemas('schemas/collections/');
  const api = await openapiTypescript(await readFile(new URL('openapi.json', CONTRACT), 'utf8'), {
    defaultNonNullable: false,
  });
  return {
    'api.ts': NOTICE + astToString(api),
    'limits.ts': NOTICE + limits(JSON.parse(await readFile(new URL('limits.json', CONTRACT), 'utf8')) as Json),
    'subjects.ts': NOTICE + subjects(JSON.parse(await readFile(new URL('subjects.json', CONTRACT), 'utf8')) as Record<string, string>),
    'visit_states.ts': NOTICE + visitStates(await readFile(new URL('visit_states.json', CONTRACT), 'utf8')),
    'consent.ts': NOTICE + (await consents()),
    'operations.ts': NOTICE + (await types('Operations', 'The body of each kind of operation.', operations)),
    'collections.ts':
      NOTICE + (await types('Collections', 'The row of each collection.', collections)) + columns(collections),
    'shapes.ts': NOTICE + (await shape('REPORT_SCHEMA', 'report')) + (await shape('STROKES_SCHEMA', 'strokes')),
  };
}

function limits(sizes: Json): string {
  const said = (value: unknown) => JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
  const lines = Object.entries(sizes).map(([name, value]) => `  ${name}: ${said(value)},\n`);
  return `/** Sizes that clients and server agree on; bytes are of UTF-8. limits.py says what each means. */\nexport const LIMITS = {\n${lines.join('')}} as const;\n`;
}

function subjects(kinds: Record<string, string>): string {
  const lines = Object.entries(kinds).map(([kind, subject]) => `  ${kind}: '${subject}',\n`);
  return `/** What operations of each kind are about; one that is not here is about a visit. */\nexport const SUBJECTS: Readonly<Record<string, string>> = {\n${lines.join('')}};\n`;
}

function visitStates(text: string): string {
  return `/** How taps move who taps, and the visit with them; shapes/visits.ts has the rules. */\nexport const VISIT_STATES = ${JSON.stringify(JSON.parse(text), null, 2)} as const;\n`;
}

/** What the customer confirms, by language. */
async function consents(): Promise<string> {
  const names = (await readdir(new URL('words/', CONTRACT))).filter((name) => name.endsWith('.json')).sort();
  const texts: Record<string, string> = {};
  for (const name of names) {
    const words = JSON.parse(await readFile(new URL(`words/${name}`, CONTRACT), 'utf8')) as Json;
    texts[name.replace('.json', '')] = words.phone.consent as string;
  }
  return `/** What the customer confirms, by language. */\nexport const CONSENT: Readonly<Record<string, string>> = ${JSON.stringify(texts, null, 2)};\n`;
}

async function schemas(folder: string): Promise<Record<string, Json>> {
  const names = (await readdir(new URL(folder, CONTRACT))).filter((name) => name.endsWith('.json')).sort();
  const read = async (name: string): Promise<[string, Json]> => [
    name.replace('.json', ''),
    JSON.parse(await readFile(new URL(folder + name, CONTRACT), 'utf8')) as Json,
  ];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/** A schema as a value: the check of what is shown and signed reads it on the phone. */
async function shape(name: string, file: string): Promise<string> {
  const schema = JSON.parse(await readFile(new URL(`schemas/${file}.json`, CONTRACT), 'utf8')) as Json;
  return `export const ${name}: object = ${JSON.stringify(schema, null, 2)};\n`;
}

async function types(title: string, description: string, files: Record<string, Json>): Promise<string> {
  const definitions: Json = {};
  const properties: Json = {};
  for (const [name, file] of Object.entries(files)) {
    for (const [key, definition] of Object.entries(file.$defs as Json)) {
      if (definitions[key] && JSON.stringify(definitions[key]) !== JSON.stringify(definition)) {
        throw new Error(`Two schemas give ${key} different shapes; give one of them another name on the server.`);
      }
      definitions[key] = definition;
    }
    properties[name] = { $ref: file.$ref };
  }
  const whole = { title, description, type: 'object', properties, required: Object.keys(properties), $defs: definitions };
  openFreeObjects(whole);
  return compile(whole as Parameters<typeof compile>[0], title, {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    bannerComment: '',
    format: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

/** An object of which the schema says nothing more may hold anything. */
function openFreeObjects(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const json = schema as Json;
  if (json.type === 'object' && !json.properties && !json.additionalProperties) json.additionalProperties = true;
  Object.values(json).forEach(openFreeObjects);
}

function columns(files: Record<string, Json>): string {
  const table: Record<string, Record<string, Column>> = {};
  for (const [name, file] of Object.entries(files)) {
    const row = file.$defs[(file.$ref as string).split('/').at(-1)!] as Json;
    const fields = Object.entries(row.properties as Record<string, Json>);
    table[name] = Object.fromEntries(fields.map(([field, schema]) => [field, column(schema)]));
  }
  return (
    "\n/** A column of a collection: `json` is an object or an array. */\n" +
    "export type Column = { type: 'string' | 'integer' | 'boolean' | 'object' | 'array'; nullable: boolean };\n\n" +
    '/** The columns of each collection. */\n' +
    `export const COLUMNS: { [C in keyof Collections]: { [F in keyof Collections[C]]-?: Column } } = ${JSON.stringify(table, null, 2)};\n`
  );
}

function column(schema: Json): Column {
  const choices: Json[] = schema.anyOf ?? [schema];
  const kinds = choices.map((choice) => choice.type as string | undefined);
  const kind = kinds.find((one) => one !== 'null');
  if (kind !== 'string' && kind !== 'integer' && kind !== 'boolean' && kind !== 'object' && kind !== 'array') {
    throw new Error(`No column type for ${JSON.stringify(schema)}`);
  }
  return { type: kind, nullable: kinds.includes('null') };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await mkdir(TARGET, { recursive: true });
  for (const [name, text] of Object.entries(await generate())) {
    await writeFile(new URL(name, TARGET), text);
  }
}
