// A drawn signature: lines through points between 0 and 1, kept in a hidden field. Without it the name is typed.
(function () {
  "use strict";
  var most = 3900, doc = document, lines = new WeakMap(), now = null;
  function field(canvas) { return canvas.closest("[data-pad]").querySelector("[data-pad-strokes]"); }
  function keep(canvas) { field(canvas).value = (lines.get(canvas) || []).length ? JSON.stringify(lines.get(canvas)) : ""; }
  function count(list) { return list.reduce(function (n, l) { return n + l.length; }, 0); }
  function draw(canvas) {
    var box = canvas.getBoundingClientRect(), dpr = window.devicePixelRatio || 1, c = canvas.getContext("2d");
    canvas.width = Math.round(box.width * dpr); canvas.height = Math.round(box.height * dpr);
    c.strokeStyle = c.fillStyle = getComputedStyle(canvas).color; c.lineWidth = 2.2 * dpr; c.lineCap = c.lineJoin = "round";
    (lines.get(canvas) || []).forEach(function (l) {
      c.beginPath();
      l.forEach(function (p, i) { c[i ? "lineTo" : "moveTo"](p[0] * canvas.width, p[1] * canvas.height); });
      if (l.length === 1) { c.arc(l[0][0] * canvas.width, l[0][1] * canvas.height, dpr, 0, 7); c.fill(); }
      c.stroke();
    });
  }
  function point(canvas, e) {
    var box = canvas.getBoundingClientRect();
    function part(v, all) { return Math.round(Math.min(1, Math.max(0, v / all)) * 10000) / 10000; }
    return [part(e.clientX - box.left, box.width), part(e.clientY - box.top, box.height)];
  }
  doc.addEventListener("pointerdown", function (e) {
    if (!e.target.hasAttribute || !e.target.hasAttribute("data-pad-canvas") || e.button > 0) { return; }
    var list = lines.get(e.target) || [];
    if (count(list) >= most || list.length >= 390) { return; }
    e.preventDefault(); e.target.setPointerCapture(e.pointerId);
    list.push([point(e.target, e)]); lines.set(e.target, list); now = e.target; draw(now);
  });
  doc.addEventListener("pointermove", function (e) {
    if (!now) { return; }
    var list = lines.get(now), l = list[list.length - 1];
    if (count(list) >= most) { return; }
    (e.getCoalescedEvents ? e.getCoalescedEvents() : [e]).concat(e).forEach(function (x) {
      var p = point(now, x), last = l[l.length - 1];
      if (Math.abs(p[0] - last[0]) + Math.abs(p[1] - last[1]) > 0.004 && count(list) < most) { l.push(p); }
    });
    draw(now);
  });
  function end() { if (now) { keep(now); now = null; } }
  doc.addEventListener("pointerup", end);
  doc.addEventListener("pointercancel", end);
  doc.addEventListener("click", function (e) {
    var b = e.target.closest("[data-pad-clear]");
    if (!b) { return; }
    var canvas = b.closest("[data-pad]").querySelector("canvas");
    lines.delete(canvas); keep(canvas); draw(canvas);
  });
  window.addEventListener("resize", function () { doc.querySelectorAll("[data-pad-canvas]").forEach(draw); });
})();
