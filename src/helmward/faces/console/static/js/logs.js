// A container's log as it is written. Whatever stands in it becomes text, never anything else. A tab that nobody sees lets go of
// its connection, for a browser has six to a server: seen again, it goes on after the last line that it had.
const MOST = 5000; // lines kept
const AT_ONCE = 100; // milliseconds between two drawings
const LONG = 4000; // milliseconds without an answer, after which all connections are likely taken
const COLOURS = /\u001b\[[0-9;]*m/g;
const HOSTILE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const ERROR = /\b(error|fatal|panic|critical)\b/i, RAISED = /\w(Error|Exception)\b/, WARN = /\bwarn(ing)?\b/i;

const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const plain = (text) => text.replace(COLOURS, '').replace(HOSTILE, escape);

const line = ({ time, text, cut, note }) => {
  const row = document.createElement('span');
  row.className = note ? 'log-line note' : 'log-line';
  if (note) { row.textContent = plain(text); return row; }
  const words = plain(text) + (cut ? ' (cut)' : ''), stamp = document.createElement('span');
  stamp.className = 'stamp';
  stamp.textContent = time ? `${time.slice(11, 23).replace('Z', '')} ` : '';
  row.dataset.text = words;
  row.append(stamp, words);
  if (ERROR.test(words) || RAISED.test(words)) row.classList.add('level-error');
  else if (WARN.test(words)) row.classList.add('level-warn');
  return row;
};

const follow = (log) => {
  const tools = document.querySelector('[data-log-tools]');
  const part = (name) => tools.querySelector(`[data-log-${name}]`);
  const [button, find, said, wrap, times] = ['follow', 'find', 'said', 'wrap', 'times'].map(part);
  let waiting = [], fresh = true, paused = false, byHand = false, state = 'connecting …', timer = 0, lost = 0;

  const fits = (row) => row.classList.contains('note') || row.textContent.toLowerCase().includes(find.value.toLowerCase());
  const say = () => {
    const rows = log.querySelectorAll('.log-line:not(.note)').length, hidden = log.querySelectorAll('.log-line[hidden]').length;
    const all = `${rows} ${rows === 1 ? 'line' : 'lines'}`, count = find.value ? `${rows - hidden} of ${all}` : all;
    const held = paused && waiting.length ? `, ${waiting.length} new` : '';
    said.textContent = `${paused ? 'paused' : state}: ${count}${held}`;
  };
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  const draw = () => {
    timer = 0;
    if (!paused && waiting.length) {
      if (lost) waiting.unshift({ note: true, text: `… ${lost} lines were not kept here: more than ${MOST} are not shown.` });
      const rows = waiting.splice(0).map(line);
      rows.forEach((row) => { row.hidden = !fits(row); });
      log.append(...rows);
      while (log.children.length > MOST) log.firstElementChild.remove();
      lost = 0;
      toEnd();
    }
    say();
  };
  const soon = () => { timer ||= setTimeout(draw, AT_ONCE); };
  const take = (one) => {
    if (fresh) { fresh = false; log.replaceChildren(); }
    waiting.push(one);
    if (waiting.length >= MOST) { waiting.shift(); lost += 1; }
    soon();
  };
  const pause = (on, hand) => {
    paused = on; byHand = on && hand;
    button.textContent = on ? 'Follow' : 'Pause';
    draw();
    if (!on) toEnd();
  };

  let source = null, last = '', over = false, slow = 0;
  const tell = (text) => { state = text; soon(); };
  const rest = () => { clearTimeout(slow); source?.close(); source = null; };
  const end = (text) => { rest(); over = true; tell('ended'); if (text) take({ note: true, text }); };
  const told = (event) => { last = event.lastEventId || last; return JSON.parse(event.data); };
  const open = () => {
    const address = new URL(log.dataset.log, location.href);
    if (last) address.searchParams.set('after', last); else fresh = true;
    source = new EventSource(address);
    slow = setTimeout(() => tell('waiting for a free connection: close another tab of Helmward'), LONG);
    source.onopen = () => { clearTimeout(slow); tell('following'); };
    source.onmessage = (event) => take(told(event));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) end('The line to the server was cut; reload the page.');
      else { tell('reconnecting …'); clearTimeout(slow); }
    };
    source.addEventListener('dropped', (event) => {
      const { lines, more } = told(event);
      const count = lines ? `${lines}${more ? ' or more' : ''}` : 'Some';
      take({ note: true, text: `… ${count} lines were left out here: they came faster than they can be shown.` });
    });
    source.addEventListener('notice', (event) => take({ note: true, text: told(event).text }));
    source.addEventListener('end', (event) => end(told(event).reason));
  };
  const seen = () => {
    if (document.hidden) { rest(); if (!over) tell('resting while the tab is hidden'); }
    else if (!over && !source) { tell('connecting …'); open(); }
  };
  document.addEventListener('visibilitychange', seen);
  seen();

  button.addEventListener('click', () => pause(!paused, true));
  wrap.addEventListener('change', () => { log.classList.toggle('wrap', wrap.checked); });
  times.addEventListener('change', () => { log.classList.toggle('times', times.checked); });
  const sift = () => { for (const row of log.children) row.hidden = !fits(row); };
  find.addEventListener('input', () => {
    sift();
    const address = new URL(location.href);
    if (find.value) address.searchParams.set('find', find.value); else address.searchParams.delete('find');
    history.replaceState(history.state, '', address);
    say();
  });
  log.addEventListener('scroll', () => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    if (!atEnd && !paused) pause(true, false);
    if (atEnd && paused && !byHand) pause(false, false);
  });
  wrap.checked = matchMedia('(max-width: 860px)').matches;
  log.classList.toggle('wrap', wrap.checked);
  tools.hidden = false;
  sift();
  toEnd();
  say();
};

const log = document.querySelector('[data-log]');
if (log) follow(log);
