// A claim that was checked, and how a check says what it found. (As verify/claim.py.)

/** What a check found: what is wrong (nothing, if it holds), and otherwise what holds it; `open` for a mere fact. */
export const finding = (problems, detail = '', open = false) => ({ problems, detail, open });

/** Run a check; input of the wrong shape is a failure of this very claim, named as such. */
export async function claim(id, statement, check) {
  try {
    const { problems, detail, open } = await check();
    if (problems.length) return { id, ok: false, statement, detail: problems.join('; ') };
    return { id, ok: open ? null : true, statement, detail };
  } catch (error) {
    return { id, ok: false, statement, detail: `malformed: ${error.message}` };
  }
}

/** Whether no claim failed; open facts do not fail. */
export const allHold = (claims) => claims.length > 0 && claims.every((each) => each.ok !== false);
