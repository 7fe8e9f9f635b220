// Bundles pdf.js into the one vendored file of the page; the library's font metrics, which reading never uses, stay out.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const parts = path.join(here, 'node_modules/@cantoo/pdf-lib/es');

const lean = {
  name: 'lean',
  setup(wanted) {
    wanted.onResolve({ filter: /^@cantoo\/pdf-lib\/es\// }, (asked) => ({
      path: path.join(parts, asked.path.slice('@cantoo/pdf-lib/es/'.length)),
    }));
    wanted.onLoad({ filter: /(Courier|Helvetica|Times|Symbol|ZapfDingbats)[^/]*\.compressed\.json$/ }, () => ({
      contents: '""',
      loader: 'json',
    }));
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ['pdf.js'],
  outfile: process.argv[2] ?? path.join(here, '../../server/records/verify_page/files/vendor/pdf.js'),
  bundle: true,
  format: 'esm',
  minify: true,
  lineLimit: 160,
  target: 'es2022',
  legalComments: 'eof',
  banner: { js: '/* @cantoo/pdf-lib 2.11.1 (MIT) with fflate and tslib; made by web/verify/build.mjs */' },
  plugins: [lean],
});
