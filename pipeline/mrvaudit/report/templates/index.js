(function () {
var d = document, r = d.documentElement, tb = d.querySelector('tbody'), R = [].slice.call(tb.rows), f = d.forms[0],
    n = d.getElementById('n'), more = d.getElementById('more'), S = [].slice.call(f.querySelectorAll('select[data-c]')),
    LIMIT = 300, FROM = 500, all = R.length < FROM;
function en() { return d.getElementById('en').checked }
function num(c) { return parseFloat(c.textContent.replace(/,/g, '').replace('−', '-')) || 0 }
function lab(c) { var s = c.querySelector('[lang=' + (en() ? 'en' : 'zh') + ']'); return (s || c).textContent }
R.forEach(function (t) { t.x = t.textContent.toLowerCase() });
function opts() {
  S.forEach(function (e) {
    var v = e.value, m = Object.create(null);
    R.forEach(function (t) { var c = t.cells[e.dataset.c]; m[c.textContent] = lab(c) });
    e.length = 0; e.add(new Option(en() ? e.dataset.en : e.dataset.zh, ''));
    Object.keys(m).sort().forEach(function (k) { e.add(new Option(m[k], k)) }); e.value = v });
  [].forEach.call(f.sev.options, function (o) { o.textContent = en() ? o.dataset.en : o.dataset.zh });
  go() }
function go() {
  var q = f.q.value.trim().toLowerCase(), sv = f.sev.selectedIndex, k = 0, st = 0,
      used = q || sv > 0 || S.some(function (e) { return e.value });
  R.forEach(function (t) {
    var ok = !q || t.x.indexOf(q) >= 0, h = 0, i;
    S.forEach(function (e) { if (e.value && t.cells[e.dataset.c].textContent != e.value) ok = false });
    if (sv > 0) { for (i = 0; i < sv; i++) h += num(t.cells[5 + i]); if (!h) ok = false }
    if (ok && !used && !all && k >= LIMIT) ok = false;
    t.hidden = !ok; if (ok) { k++; st += num(t.cells[2]) } });
  more.hidden = used || all;
  n.textContent = (en() ? n.dataset.en : n.dataset.zh).replace('{k}', k).replace('{n}', R.length)
    .replace('{t}', Math.round(st).toLocaleString('en-US').replace('-', '−')) }
d.querySelectorAll('[name=lang]').forEach(function (i) { i.addEventListener('change', function () {
  var e = en(), a = r.getAttribute('data-title-zh'), b = r.getAttribute('data-title-en');
  r.dataset.lang = i.id; r.lang = e ? 'en' : 'zh-CN'; d.title = e ? b + ' | ' + a : a + ' | ' + b; opts() }) });
f.hidden = false; f.oninput = go; f.onsubmit = function (e) { e.preventDefault() }; f.onreset = function () { setTimeout(go) };
more.onclick = function () { all = true; go() };
d.querySelectorAll('th[data-t]').forEach(function (h) {
  var b = d.createElement('button'), i = h.cellIndex; b.type = 'button';
  while (h.firstChild) b.appendChild(h.firstChild);
  h.appendChild(b); if (i == 0) h.setAttribute('aria-sort', 'ascending');
  b.onclick = function () {
    var a = h.getAttribute('aria-sort'), up = a ? a == 'descending' : h.dataset.t == 's' || i == 0, s = up ? 1 : -1;
    d.querySelectorAll('[aria-sort]').forEach(function (x) { x.removeAttribute('aria-sort') });
    h.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    R.sort(function (p, q) { p = p.cells[i]; q = q.cells[i];
      return s * (h.dataset.t == 'n' ? num(p) - num(q) : p.textContent.localeCompare(q.textContent, 'zh')) });
    R.forEach(function (t) { tb.appendChild(t) }); go() } });
opts() })();
