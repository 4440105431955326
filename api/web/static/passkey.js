// Passkeys. A form with data-passkey is stopped on its way: the service is asked what to ask for, the browser asks the
// person, and the answer goes into the form's field passkey before it is sent as any other form.
//   data-passkey="create" | "get"    which of navigator.credentials
//   data-ask="/api/v1/…"             where to ask, by POST; data-body: what is sent there, JSON
//   data-say-none, -cancelled, -known, -failed, -wait: what is said here
(function () {
  "use strict";
  function bytes(s) {
    s = s.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(s), function (c) { return c.charCodeAt(0); });
  }
  function text(buf) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buf))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function read(o) {
    o.challenge = bytes(o.challenge);
    if (o.user) { o.user.id = bytes(o.user.id); }
    ["allowCredentials", "excludeCredentials"].forEach(function (k) {
      (o[k] || []).forEach(function (c) { c.id = bytes(c.id); });
    });
    return o;
  }
  function written(c) {
    var r = c.response, out = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      out.attestationObject = text(r.attestationObject);
      out.transports = r.getTransports ? r.getTransports() : [];
    } else {
      out.authenticatorData = text(r.authenticatorData);
      out.signature = text(r.signature);
      if (r.userHandle) { out.userHandle = text(r.userHandle); }
    }
    var all = { id: c.id, rawId: text(c.rawId), type: c.type, response: out, clientExtensionResults: {} };
    if (c.authenticatorAttachment) { all.authenticatorAttachment = c.authenticatorAttachment; }
    return all;
  }
  function say(form, words, tone) {
    var at = form.querySelector(".passkey-say"), p = document.createElement("p");
    at.replaceChildren();
    if (!words) { return; }
    p.className = "boxed t-" + tone; p.textContent = words; at.appendChild(p);
  }
  function ask(form) {
    var csrf = form.querySelector("[name=_csrf]");
    return fetch(form.dataset.ask, {
      method: "POST", credentials: "same-origin", body: form.dataset.body,
      headers: { "X-CSRF-Token": csrf ? csrf.value : "", "Accept-Language": document.documentElement.lang, "Content-Type": "application/json" }
    }).then(function (r) {
      return r.json().then(function (b) {
        if (!r.ok) { throw { words: [b.title, b.detail].filter(Boolean).join(" ") }; }
        return b;
      });
    });
  }
  function words(form, e) {
    if (e.words) { return e.words; }
    if (e.name === "NotAllowedError" || e.name === "AbortError") { return form.dataset.sayCancelled; }
    if (e.name === "InvalidStateError") { return form.dataset.sayKnown; }
    return form.dataset.sayFailed;
  }
  document.addEventListener("submit", function (e) {
    var form = e.target.closest("form[data-passkey]");
    if (!form || form.elements.passkey.value) { return; }
    e.preventDefault(); e.stopPropagation();
    if (form.getAttribute("aria-busy") === "true") { return; }
    if (!window.PublicKeyCredential) { say(form, form.dataset.sayNone, "warn"); return; }
    form.setAttribute("aria-busy", "true"); say(form, form.dataset.sayWait, "info");
    var by = e.submitter;
    ask(form).then(function (b) {
      return navigator.credentials[form.dataset.passkey]({ publicKey: read(b.options) }).then(function (c) {
        form.elements.passkey.value = JSON.stringify({ challenge_id: b.challenge_id, credential: written(c) });
        form.requestSubmit(by);
      });
    }).catch(function (x) {
      form.removeAttribute("aria-busy"); say(form, words(form, x), "warn");
    });
  }, true);
  // Coming back by the browser's button finds the form as it was sent: it must ask anew.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-passkey]").forEach(function (f) { f.elements.passkey.value = ""; f.removeAttribute("aria-busy"); });
  });
})();
