/** A small picture of a photo, made where it is taken, so that a list of photos is shown without their bytes and without a network. */

/** Makes a small picture from a photo's bytes; null where it cannot. */
export type MakeThumbnail = (bytes: Uint8Array, contentType: string) => Promise<Uint8Array | null>;

/** Pixels of the longer side, and the quality of the JPEG. */
const LONGEST = 320;
const QUALITY = 0.7;

/**
 * For `options.thumbnail` in browsers: a JPEG whose longer side has so many pixels, turned as the camera was held. Null where there
 * is no OffscreenCanvas, and for what the browser cannot decode, such as HEIC outside Safari.
 */
export function browserThumbnail(longest = LONGEST): MakeThumbnail {
  return async (bytes, contentType) => {
    if (typeof createImageBitmap === 'undefined' || typeof OffscreenCanvas === 'undefined') return null;
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: contentType }));
    } catch {
      return null; // no picture, or of a kind that this browser does not know
    }
    try {
      const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
      const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
      const canvas = new OffscreenCanvas(width!, height!);
      const context = canvas.getContext('2d');
      if (!context) return null;
      context.drawImage(picture, 0, 0, width!, height!);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
      return new Uint8Array(await blob.arrayBuffer());
    } finally {
      picture.close();
    }
  };
}
