// The list refreshes by itself; what was ticked stays ticked.

const list = document.getElementById('lijst');
let ticked = new Set();

list.addEventListener('htmx:beforeSwap', () => {
  ticked = new Set([...list.querySelectorAll('input:checked')].map((box) => box.value));
});
list.addEventListener('htmx:afterSwap', () => {
  for (const box of list.querySelectorAll('input[type="checkbox"]')) box.checked = ticked.has(box.value);
});
document.body.addEventListener('htmx:sseMessage', (event) => {
  if (event.detail.type === 'weg') location.reload();
});
