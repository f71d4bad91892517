// The arrow keys in a table: from number to number, row by row; Enter is the link's own.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function reachable(cell) {
  return cell?.querySelector("a[href], button.open");
}

/** Let the arrow keys walk through what can be opened in a table. */
export function walkWithArrows(table) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.target.matches("input, select")) {
      return;
    }
    const next = walked(table, cell, step);
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
}

function walked(table, cell, [down, right]) {
  const rows = [...table.querySelectorAll("tbody tr, tfoot tr")];
  let row = rows.indexOf(cell.parentElement);
  let column = [...cell.parentElement.children].indexOf(cell);
  if (row < 0) {
    return down > 0 ? reachable(rows[0]) : null;
  }
  for (;;) {
    row += down;
    column += right;
    const candidate = rows[row]?.children[column];
    if (!candidate) {
      return null;
    }
    const found = reachable(candidate);
    if (found) {
      return found;
    }
  }
}
