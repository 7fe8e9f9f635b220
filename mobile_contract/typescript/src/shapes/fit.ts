/**
 * Finds the first place where a value does not fit a schema of the contract, and says it in words for a technician.
 * As `mobile_contract/shapes/fit.py`, with the same schemas, so that phone and server say the same.
 */
export type Json = Record<string, unknown>;

export interface Schema {
  $ref?: string;
  type?: string;
  enum?: readonly string[];
  anyOf?: readonly Schema[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  prefixItems?: readonly Schema[];
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  description?: string;
}

/** What was made cannot be sealed. `field` is where, like `parts[2].quantity`; the message is a sentence. */
export class Unfit extends Error {
  override readonly name = 'Unfit';

  constructor(
    readonly field: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

const KINDS: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

type Misfit = [field: string, wanted: string];

/** Throws `Unfit` at the first place that does not fit, in the order of the schema's members. */
export function mustFit(value: unknown, schema: Schema, definitions: Record<string, Schema>): void {
  for (const [field, wanted] of misfits(value, schema, definitions, '')) {
    throw new Unfit(field, `${field || 'It'} ${wanted}.`);
  }
}

/** Where the first NUL of a JSON value is, like `signer.name`; null when there is none. No database keeps it in a text. */
export function withNul(value: unknown, field = ''): string | null {
  if (typeof value === 'string') return value.includes('\0') ? field : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, one] of Object.entries(value)) {
    const inside = Array.isArray(value) ? `${field}[${name}]` : field ? `${field}.${name}` : name;
    if (name.includes('\0')) return inside.replaceAll('\0', '\ufffd');
    const at = withNul(one, inside);
    if (at !== null) return at;
  }
  return null;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function* misfits(value: unknown, given: Schema, definitions: Record<string, Schema>, field: string): Generator<Misfit> {
  const schema = resolved(given, definitions);
  if (schema.anyOf) {
    const choices = schema.anyOf.map((one) => resolved(one, definitions));
    yield* noneOf(value, choices, definitions, field);
  } else if (!isKind(value, schema)) {
    yield [field, `should be ${wantedOf(schema)}, and is ${KINDS[kindOf(value)]}`];
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      const inside = field ? `${field}.${name}` : name;
      if (Object.hasOwn(value, name)) yield* misfits(value[name], member, definitions, inside);
      else if (schema.required?.includes(name)) yield [inside, 'is missing'];
    }
  } else if (Array.isArray(value)) {
    yield* listMisfits(value, schema, definitions, field);
  } else if (!isInRange(value, schema)) {
    yield [field, `should be ${wantedOf(schema)}`];
  }
}

function* listMisfits(
  value: unknown[],
  schema: Schema,
  definitions: Record<string, Schema>,
  field: string,
): Generator<Misfit> {
  const [least, most] = [schema.minItems ?? 0, schema.maxItems ?? value.length];
  if (value.length > most) yield [field, `has ${value.length} entries, and at most ${most} fit`];
  if (value.length < least) yield [field, `has ${value.length} entries, and at least ${least} are needed`];
  for (const [at, item] of value.entries()) {
    const wanted = schema.prefixItems?.[at] ?? schema.items;
    if (wanted) yield* misfits(item, wanted, definitions, `${field}[${at}]`);
  }
}

/** Where no choice fits: what is wrong by the first one of the value's kind; else what was to choose from. */
function* noneOf(
  value: unknown,
  choices: Schema[],
  definitions: Record<string, Schema>,
  field: string,
): Generator<Misfit> {
  let nearest: Misfit | undefined;
  for (const choice of choices) {
    const [first] = misfits(value, choice, definitions, field);
    if (!first) return;
    if (isKind(value, choice)) nearest ??= first;
  }
  const wanted = choices.map(wantedOf).join(' or ');
  yield nearest ?? [field, `should be ${wanted}, and is ${KINDS[kindOf(value)]}`];
}

function resolved(schema: Schema, definitions: Record<string, Schema>): Schema {
  return schema.$ref ? definitions[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]! : schema;
}

function isKind(value: unknown, schema: Schema): boolean {
  const kind = schema.type ?? (schema.enum ? 'string' : undefined);
  return kind === undefined || kind === kindOf(value) || (kind === 'number' && kindOf(value) === 'integer');
}

function isInRange(value: unknown, schema: Schema): boolean {
  if (schema.enum) return schema.enum.includes(value as string);
  if (typeof value === 'string') {
    const most = schema.maxLength ?? value.length;
    const fits = value.length <= most || [...value].length <= most;
    return fits && (!schema.pattern || new RegExp(schema.pattern, 'u').test(value));
  }
  if (typeof value === 'number') return value >= (schema.minimum ?? value) && value <= (schema.maximum ?? value);
  return true;
}

function wantedOf(schema: Schema): string {
  if (schema.enum) return schema.enum.join(' or ');
  const kind = KINDS[schema.type!]!;
  return schema.type === 'object' || schema.type === 'array' ? kind : (schema.description ?? kind);
}
