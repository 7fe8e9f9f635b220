// What there is to check. Members are read when first asked for: a fault is named by the claim that meets it.
import { list, Malformed, need, readCanonical, sha256, string, text } from './strict.js';

export class Evidence {
  #cache = new Map();

  constructor(recordBytes, proof, strokes, trusted, photos = new Map()) {
    Object.assign(this, { recordBytes, proof, strokes, trusted, photos });
  }

  #once(name, make) {
    if (!this.#cache.has(name)) this.#cache.set(name, make());
    return this.#cache.get(name);
  }

  get record() {
    return this.#once('record', () => members(JSON.parse(text(this.recordBytes))));
  }

  get report() {
    return this.#once('report', () => members(JSON.parse(need(this.record, 'report', 'canonical'))));
  }

  get operations() {
    return this.#once('operations', () =>
      list(need(this.record, 'operations')).map((each) => {
        const said = readCanonical(string(need(each, 'body')));
        const name = `operation ${said.seq} (${said.kind})`;
        return {
          text: each.body,
          said,
          name,
          signature: need(each, 'signature'),
          receivedAt: need(each, 'received_at'),
          outcome: need(each, 'outcome'),
        };
      }),
    );
  }

  /** The operations of a kind. A parked one counts too: the office may have applied it later. */
  kind(name) {
    return this.operations.filter((each) => need(each.said, 'kind') === name);
  }

  /** The signature operation that the record names. */
  get signing() {
    const wanted = need(this.record, 'signature', 'operation_id');
    const found = this.operations.find((each) => need(each.said, 'id') === wanted && each.said.kind === 'sign');
    if (!found) throw new Malformed('the record holds no signature operation with the id that it names');
    return found;
  }
}

export const hashOf = (operation) => sha256(operation.text);

function members(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Malformed('an object is missing');
  return value;
}
