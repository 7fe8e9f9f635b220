// What the /verify page needs of @cantoo/pdf-lib (MIT): its parser and the kinds of objects that it finds.
export { default as PDFParser } from '@cantoo/pdf-lib/es/core/parser/PDFParser.js';
export { default as PDFName } from '@cantoo/pdf-lib/es/core/objects/PDFName.js';
export { default as PDFDict } from '@cantoo/pdf-lib/es/core/objects/PDFDict.js';
export { default as PDFArray } from '@cantoo/pdf-lib/es/core/objects/PDFArray.js';
export { default as PDFNumber } from '@cantoo/pdf-lib/es/core/objects/PDFNumber.js';
export { default as PDFString } from '@cantoo/pdf-lib/es/core/objects/PDFString.js';
export { default as PDFHexString } from '@cantoo/pdf-lib/es/core/objects/PDFHexString.js';
export { default as PDFRawStream } from '@cantoo/pdf-lib/es/core/objects/PDFRawStream.js';
export { default as DecodeStream } from '@cantoo/pdf-lib/es/core/streams/DecodeStream.js';
export { default as PDFXRefStreamParser } from '@cantoo/pdf-lib/es/core/parser/PDFXRefStreamParser.js';
