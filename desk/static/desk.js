// What the pages cannot do by themselves: a draft that survives, an id against double clicks, the last message in view.

const form = document.querySelector('form.answer');

if (form) {
  const key = `balie-concept:${form.dataset.draft}`;
  const text = form.elements.namedItem('tekst');
  if (!text.value) text.value = localStorage.getItem(key) ?? '';
  form.elements.namedItem('id').value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  text.addEventListener('input', () => localStorage.setItem(key, text.value));
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', () => localStorage.removeItem(key));
  text.focus();
}

function showLast() {
  const messages = document.getElementById('berichten');
  if (messages) messages.scrollTop = messages.scrollHeight;
}

showLast();
document.body.addEventListener('htmx:afterSwap', showLast);
document.body.addEventListener('htmx:sseMessage', (event) => {
  if (event.detail.type === 'weg') location.reload();
});
