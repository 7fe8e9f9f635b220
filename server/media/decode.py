"""Run as a program of its own under memory and CPU limits: decodes an image and answers its size and a thumbnail.

Reads the image on standard input; the arguments are the most pixels allowed and the thumbnail's longer side. Writes
`width height`, a line break, and the thumbnail as JPEG without EXIF. Ends with an error for anything else.
"""

import sys
from io import BytesIO

from PIL import Image, ImageOps


def main() -> None:
    """Decode, shrink, write."""
    most, side = int(sys.argv[1]), int(sys.argv[2])
    Image.MAX_IMAGE_PIXELS = most
    image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG", "WEBP"))
    if image.width * image.height > most:
        sys.exit("too many pixels")
    size = image.size
    image.draft("RGB", (side, side))
    image.load()
    small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((side, side))
    out = BytesIO()
    small.save(out, "JPEG", quality=80)
    sys.stdout.buffer.write(f"{size[0]} {size[1]}\n".encode() + out.getvalue())


if __name__ == "__main__":
    main()
