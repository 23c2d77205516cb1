/** Builds every node without parsing HTML, so no text becomes markup. */

const ICONS = {
  aim: 'M12 6a6 6 0 1 0 .01 0M12 2v4M12 18v4M2 12h4M18 12h4',
  bot: 'M5 8h14v10H5zM12 8V4M9 13h.01M15 13h.01',
  chat: 'M4 5h16v11h-9l-5 4v-4H4z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M5 9l7 7 7-7',
  mail: 'M3 6h18v12H3zl9 7 9-7',
  minus: 'M5 12h14',
  more: 'M4 12h1M11.5 12h1M19 12h1',
  person: 'M12 4a4 4 0 1 0 .01 0M5 20c0-7 14-7 14 0',
  phone: 'M5 4h4l2 5-2 2a11 11 0 0 0 4 4l2-2 5 2v4C11 20 4 13 5 4z',
  photo: 'M3 7h5l2-3h4l2 3h5v13H3zM12 10a3 3 0 1 0 .01 0',
  pin: 'M12 21C4 13 5 3 12 3s8 10 0 18zM12 10h.01',
  plus: 'M12 5v14M5 12h14',
  print: 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z',
  save: 'M12 4v11M7 10l5 5 5-5M5 20h14',
  send: 'M4 4l17 8-17 8 3-8zM7 12h14',
  stop: 'M12 3a9 9 0 1 0 .01 0M9 9h6v6H9z',
};

/** `h('p', {class: 'x', onclick: f}, 'text', node)`; what is null or false is left out. */
export function h(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': true }, svg('path', { d: ICONS[name] }));
}

/** Text that only a screen reader gets. */
export function hidden(text) {
  return h('span', { class: 'sr' }, text);
}

export function button(look, onclick, ...children) {
  return h('button', { class: look, type: 'button', onclick }, ...children);
}

export function tool(symbol, label, onclick) {
  const node = button('tool', onclick, icon(symbol));
  node.ariaLabel = node.title = label;
  return node;
}

/** Fills {names} in the city's texts; a text that does not exist is empty. */
export function translator(texts) {
  return (name, values = {}) => (texts[name] ?? '').replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.+)$/;
// Bold, [label](address), bare address. Every part is bounded, so that a hostile text costs little.
const INLINE =
  /\*\*([^*\n]{1,500})\*\*|\[([^[\]\n]{1,200})\]\(([^()\s]{1,1000})\)|\b((?:https?:\/\/|mailto:|tel:)[^\s<>"'`*()[\]]{3,1000})/gi;

/** Paragraphs, line breaks, **bold**, lists and links; whatever else stays the text that it was. */
export function render(text, newWindow) {
  const blocks = [];
  let open = null;
  for (const line of text.split(/\r?\n/)) {
    const item = ITEM.exec(line);
    const tag = item ? (item[1] ? 'OL' : 'UL') : 'P';
    if (!line.trim()) {
      if (open?.tagName === 'P') open = null;
      continue;
    }
    if (open?.tagName !== tag) blocks.push((open = h(tag, { start: item?.[1] })));
    else if (!item) open.append(h('br'));
    const nodes = inline(item ? item[2] : line, newWindow);
    open.append(...(item ? [h('li', null, ...nodes)] : nodes));
  }
  return blocks;
}

function inline(text, newWindow) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, bold, label, address, bare] = match;
    const url = address ?? bare?.replace(/[.,;:!?]+$/, '');
    const found = bold ? h('strong', null, ...inline(bold, newWindow)) : link(label ?? url.replace(/^(mailto|tel):/i, ''), url, newWindow);
    nodes.push(text.slice(from, match.index), found ?? whole);
    from = match.index + (found && bare ? url : whole).length;
  }
  return [...nodes, text.slice(from)];
}

function link(label, address, newWindow) {
  const href = safe(address);
  if (!href) return null;
  if (!href.startsWith('http')) return h('a', { href }, label);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label, hidden(` ${newWindow}`));
}

/** The address when it is one that may be followed, else null. */
export function safe(address) {
  try {
    const { protocol, href } = new URL(address);
    return ['http:', 'https:', 'tel:', 'mailto:'].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
