// The page: takes files that are dropped, has them checked here, and shows one line for each claim. It makes no request.
import { sha256 } from './strict.js';
import { readKeys } from './trusted.js';
import { photosOf, verifyPdf } from './verdict.js';
import { allHold } from './claim.js';
import { named } from './named.js';

const $ = (id) => document.getElementById(id);
/** By language, from its file: the page's words, what each claim says, and what operations are called. */
const SPOKEN = JSON.parse($('words').textContent);
const primary = (tag) => tag.toLowerCase().split('-')[0];

const held = {
  language: Object.keys(SPOKEN).find((tag) => primary(tag) === primary(navigator.language)) ?? 'en',
  keys: null,
  pdf: null,
  answers: [],
  photos: [],
  claims: null,
  turn: 0,
};
const word = (name, ...values) =>
  values.reduce((text, value, at) => text.replace(`{${at}}`, value), SPOKEN[held.language].page[name]);

function element(name, className, ...inside) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

async function take(files) {
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const start = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
    if (start.includes('%PDF-')) Object.assign(held, { pdf: { name: file.name, bytes }, answers: [], photos: [] });
  }
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const start = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
    if (start.includes('%PDF-')) continue;
    if (start.includes('-----BEGIN PUBLIC KEY-----'))
      held.keys = { name: file.name, text: new TextDecoder().decode(bytes) };
    else if (start.startsWith('{')) held.answers.push(bytes);
    else held.photos.push({ name: file.name, bytes });
  }
  await Promise.all([showKeys(), check()]);
}

async function check() {
  held.turn += 1;
  const { turn, pdf } = held;
  if (!pdf) return show(element('div', 'verdict', element('p', '', word('no_pdf'))));
  show(element('div', 'verdict', element('p', '', word('working', pdf.name))));
  const photos = new Map();
  const known = held.photos.length ? await photosOf(pdf.bytes) : [];
  for (const photo of held.photos) {
    const digest = await sha256(photo.bytes);
    const mine = known.filter((each) => each.sha256 === digest);
    for (const each of mine) photos.set(each.photo_id, photo.bytes);
    if (!mine.length) photos.set(photo.name, photo.bytes);
  }
  const claims = await verifyPdf(pdf.bytes, keyText(), photos, held.answers);
  if (turn !== held.turn) return undefined; // other files were dropped meanwhile
  held.claims = claims;
  return showClaims();
}

const serverKeys = JSON.parse($('server-keys').textContent);
const keyText = () => held.keys?.text ?? serverKeys;

async function showKeys() {
  try {
    const { document: documents, origins } = await readKeys(keyText());
    const names = [[...documents.keys()].map((name) => `${name.slice(0, 16)}…`).join(', '), origins.join(', ') || '–'];
    $('keys').textContent = held.keys
      ? word('own_keys', held.keys.name, ...names)
      : word('server_keys', location.host, ...names);
  } catch (error) {
    $('keys').textContent = word('bad_keys', error.message);
  }
}

function showClaims() {
  const { claims } = held;
  const failed = claims.filter((each) => each.ok === false);
  const facts = claims.filter((each) => each.ok === null);
  const good = allHold(claims);
  const unknown = claims.some((each) => each.unknown);
  const older = failed.length > 0 && failed.every((each) => each.detail.startsWith('get the new key file'));
  const decided = good ? word('good', claims.length - facts.length) : word('bad', failed.length, claims.length);
  const verdict = element(
    'div',
    `verdict ${good ? 'good' : 'bad'}`,
    element('h2', '', unknown ? word('unknown') : older ? word('new_keys') : decided),
  );
  verdict.append(
    element(
      'p',
      '',
      good ? word('good_more', facts.length) : failed.map(statement).join(SPOKEN[held.language].between),
    ),
  );
  verdict.dataset.ok = String(good);
  const lines = claims.map((each) => {
    const [kind, mark] = each.ok === null ? ['fact', 'fact'] : each.ok ? ['good', 'ok'] : ['bad', 'fail'];
    const line = element(
      'li',
      kind,
      element('span', 'mark', word(mark)),
      element('span', 'statement', statement(each), element('code', '', each.id)),
    );
    line.dataset.claim = each.id;
    if (each.detail) line.append(element('span', 'detail', named(each.detail, SPOKEN[held.language].operations)));
    return line;
  });
  show(verdict, element('ul', 'claims', ...lines));
}

const statement = (claim) => SPOKEN[held.language].statements[claim.id] ?? claim.statement;
const show = (...inside) => $('result').replaceChildren(...inside);

function speak(language) {
  held.language = language;
  document.documentElement.lang = language;
  document.title = word('title');
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll('[data-language]'))
    node.setAttribute('aria-pressed', String(node.dataset.language === language));
  showKeys();
  if (held.claims) showClaims();
}

/** Whether this browser checks what is needed: without it nothing is said to hold. */
async function able() {
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'Ed25519' }, false, ['verify']);
    return typeof DecompressionStream === 'function' && 'isWellFormed' in String.prototype;
  } catch {
    return false;
  }
}

for (const node of document.querySelectorAll('[data-language]'))
  node.addEventListener('click', () => speak(node.dataset.language));
speak(held.language);
if (await able()) {
  $('files').addEventListener('change', (event) => take([...event.target.files]));
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      $('drop').classList.toggle('over', name === 'dragover');
      if (name === 'drop') take([...event.dataTransfer.files]);
    });
  }
  document.documentElement.dataset.ready = 'yes';
} else {
  $('files').disabled = true;
  show(element('div', 'verdict bad', element('p', '', word('too_old'))));
}
