// What pages do beyond forms and links: keyboard, pickers, copying, the history's slider. Everything works without it.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, body = doc.body;
  root.classList.add("has-js");
  function all(sel, at) { return Array.prototype.slice.call((at || doc).querySelectorAll(sel)); }
  function one(sel, at) { return (at || doc).querySelector(sel); }
  function say(text, tone) {
    var live = one("#live"), p = doc.createElement("div"), d = doc.createElement("div");
    p.className = "notice t-" + (tone || "ok"); d.textContent = text; p.appendChild(d);
    live.replaceChildren(p);
    if (tone !== "bad") { setTimeout(function () { p.remove(); }, 4000); }
  }
  function ready() {
    // The outcome of the last act is said once; coming back to the page must not say it again.
    var u = new URL(location.href);
    if (u.searchParams.has("done")) { u.searchParams.delete("done"); u.searchParams.delete("n"); history.replaceState(null, "", u); }
    var first = one("[data-focus]");
    if (first) { first.focus(); }
    ceilings(); ending(); picked(); changes();
  }

  // ---- the filing form: what the tier forbids is greyed out, a special group needs an end ----
  function ceilings() {
    var tier = one("input[name=tier]:checked");
    if (!tier) { return; }
    var off = (tier.dataset.ceiling || "").split(" ");
    all("[data-perm]").forEach(function (box) {
      var must = off.indexOf("+" + box.dataset.perm) >= 0, no = off.indexOf(box.dataset.perm) >= 0;
      var label = box.closest("label"), note = one(".ceiling", label);
      if (no) { if (box.type === "radio" && box.checked) { one("[data-perm='posting.admins']").checked = true; } box.checked = false; }
      if (must) { box.checked = true; }
      box.disabled = no;
      box.setAttribute("aria-disabled", String(must || no));
      if (note) { note.hidden = !(must || no); }
    });
  }
  function ending() {
    var type = one("input[name=type]:checked"), note = one("[data-end-optional]");
    if (note) { note.hidden = !!type && type.value === "special"; }
  }
  // ---- a change of a group: what differs from what holds now is marked where it is typed ----
  function changes() {
    var at = one("[data-changed]");
    if (!at) { return; }
    var now = at.dataset.changed.split(" ");
    all("#file [id^=f-]").forEach(function (x) {
      var field = x.closest(".field") || x;
      field.classList.toggle("changed", now.indexOf(x.id.slice(2)) >= 0);
    });
  }
  doc.addEventListener("change", function (e) {
    if (e.target.name === "tier") { ceilings(); }
    if (e.target.name === "type") { ending(); }
    if (e.target.matches("[aria-disabled=true]")) { ceilings(); }
  });
  doc.addEventListener("input", function (e) {
    var id = e.target.dataset && e.target.dataset.filter;
    if (id) {
      var text = e.target.value.trim().toLowerCase();
      all("#" + id + " > li").forEach(function (li) {
        li.hidden = !!text && li.dataset.text.toLowerCase().indexOf(text) < 0 && !one(":checked", li);
      });
    }
    if (e.target.closest(".slider")) { step(e.target.closest("[data-stepper]"), +e.target.value); }
  });

  doc.addEventListener("click", function (e) {
    var t = e.target.closest("button, a");
    if (!t) { all(".found").forEach(function (f) { f.replaceChildren(); }); return; }
    if (t.hasAttribute("data-dismiss")) { t.closest("[data-notice]").remove(); }
    if (t.hasAttribute("data-copy")) {
      navigator.clipboard.writeText(t.dataset.copy).then(function () { say(body.dataset.copied); });
    }
    if (t.hasAttribute("data-pick")) {
      var set = t.closest("[data-picker]"), list = one("[data-chips]", set);
      var li = one("template", t).content.cloneNode(true), box = one("input", li);
      var id = box.value.split("|")[0];
      if (set.hasAttribute("data-single")) { list.replaceChildren(); }
      var there = all("input", list).filter(function (x) { return x.value.split("|")[0] === id; })[0];
      if (there) { there.checked = true; } else { list.appendChild(li); }
      t.closest(".found").replaceChildren();
      var q = one(".find input", set); q.value = ""; q.focus();
      body.dispatchEvent(new Event("picked"));
    }
    if (t.dataset.fill) {
      e.preventDefault();
      var f = doc.getElementById(t.dataset.fill); f.value = t.value; f.focus();
      f.dispatchEvent(new Event("input", { bubbles: true })); f.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (t.dataset.step) {
      var s = t.closest("[data-stepper]"), r = one("input[type=range]", s);
      step(s, +r.value + +t.dataset.step);
    }
  });
  function step(box, n) {
    var items = all(".events > li", box), r = one("input[type=range]", box);
    n = Math.max(1, Math.min(items.length, n)); r.value = n;
    one("output", box).textContent = n + " / " + items.length;
    items.forEach(function (li, i) {
      li.toggleAttribute("data-at", i === n - 1);
      one("details", li).open = i === n - 1;
    });
    items[n - 1].scrollIntoView({ block: "nearest" });
  }

  // ---- htmx: on a narrow page a row leads to its own page instead of the preview beside it ----
  body.addEventListener("htmx:beforeRequest", function (e) {
    if (e.detail.elt.hasAttribute("data-wide") && matchMedia("(max-width: 63.99rem)").matches) {
      e.preventDefault(); location.href = e.detail.elt.href;
    }
  });
  body.addEventListener("htmx:sendError", function () { say(body.dataset.failed, "bad"); });
  body.addEventListener("htmx:afterSettle", function (e) {
    var m = e.detail.target && e.detail.target.id;
    changes();
    if (m === "main") {
      // One of a named group: it was closed on arrival, because its predecessor stood open beside it for a moment.
      all("[data-kept]").forEach(function (d) { d.open = true; });
      cursor = -1; ready(); one("#main").focus({ preventScroll: true }); scrollTo(0, 0);
    }
    if (m === "preview") {
      var at = e.detail.requestConfig.elt;
      all("[data-chosen]").forEach(function (x) { x.removeAttribute("data-chosen"); });
      if (at.closest("li")) { at.closest("li").setAttribute("data-chosen", ""); }
    }
  });

  // ---- several at once: the bar says how many are ticked, and comes when there are any ----
  function ticks() { return all("[data-tick]"); }
  function picked() {
    var bar = one("[data-batch]");
    if (!bar) { return 0; }
    var n = ticks().filter(function (x) { return x.checked; }).length, all_ = one("[data-all]", bar);
    bar.toggleAttribute("data-some", n > 0);
    if (!n) { all("details", bar).forEach(function (d) { d.open = false; }); }
    all("[data-text-n]", bar).forEach(function (x) { x.textContent = n ? x.dataset.textN.replace("{n}", n) : x.dataset.text; });
    all_.checked = n > 0 && n === ticks().length; all_.indeterminate = n > 0 && !all_.checked;
    ticks().forEach(function (x) { x.closest("li").toggleAttribute("data-picked", x.checked); });
    return n;
  }
  doc.addEventListener("change", function (e) {
    if (e.target.hasAttribute("data-all")) { ticks().forEach(function (x) { x.checked = e.target.checked; }); }
    if (e.target.matches("[data-all], [data-tick]")) { picked(); }
  });
  function tick() {
    var list = rows(), at = list[cursor] || one("[data-chosen]") || list[0], box = at && one("[data-tick]", at);
    if (box) { box.checked = !box.checked; if (cursor < 0) { cursor = list.indexOf(at); at.toggleAttribute("data-cursor", true); } picked(); }
  }

  // ---- keyboard ----
  var cursor = -1;
  function rows() { return all("[data-list] > li, [data-list] > tbody > tr"); }
  function move(d) {
    var list = rows(); if (!list.length) { return; }
    if (cursor < 0) { cursor = list.findIndex(function (x) { return x.hasAttribute("data-chosen"); }); }
    var was = cursor;
    cursor = Math.max(0, Math.min(list.length - 1, cursor + d));
    list.forEach(function (x, i) { x.toggleAttribute("data-cursor", i === cursor); });
    var link = one("a.title, a", list[cursor]);
    if (link) { link.focus(); if (cursor !== was && link.hasAttribute("data-wide") && matchMedia("(min-width: 64rem)").matches) { link.click(); } }
  }
  function open(outcome) {
    var at = all("details[data-act=" + outcome + "]").filter(function (d) { return d.offsetParent; })[0];
    if (at) { at.open = true; (one("textarea:required", at) || one("button.confirm", at)).focus(); }
  }
  doc.addEventListener("keydown", function (e) {
    var t = e.target, typing = t.closest && t.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (e.key === "Escape") {
      all("details.act[open], details.more-act[open]").forEach(function (d) { d.open = false; });
      all(".found").forEach(function (f) { f.replaceChildren(); });
      if (typing) { t.blur(); }
      return;
    }
    if (t.closest && t.closest(".find") && (e.key === "ArrowDown" || e.key === "ArrowUp" || e.key === "Enter")) {
      var opts = all("button", one(".found", t.closest(".find"))), i = opts.indexOf(t);
      if (e.key === "Enter" && i >= 0) { return; }
      e.preventDefault();
      if (e.key === "Enter") { if (opts[0]) { opts[0].click(); } return; }
      i += e.key === "ArrowDown" ? 1 : -1;
      (opts[i] || one("input", t.closest(".find"))).focus();
      return;
    }
    if (typing || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) { return; }
    switch (e.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "x": tick(); break;
      case "a": open(picked() ? "batch" : "approve"); break;
      case "r": open(picked() ? "batch-reject" : "reject"); break;
      case "i": location.href = "/inbox"; break;
      case "/": var s = one("#search"); if (s && s.offsetParent) { s.focus(); } else { location.href = "/groups"; } break;
      case "?": var d = one("#keys"); if (d) { d.showModal(); } break;
      default: return;
    }
    e.preventDefault();
  });
  ready();
})();
