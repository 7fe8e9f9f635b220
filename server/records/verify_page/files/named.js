// What an operation is called in the page's language, where a detail names it by its key: `operation 7 (check_in)`.

/** The detail with the names of operations by key; a key that has none stays. */
export const named = (detail, operations) =>
  detail.replace(/(operation \d+) \((\w+)\)/g, (whole, which, kind) =>
    Object.hasOwn(operations, kind) ? `${which} (${operations[kind]})` : whole,
  );
