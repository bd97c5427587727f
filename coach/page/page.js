"use strict";
// Draws what coach sends, says what was drawn, and sends one thing by itself: stop.
const SILENT_MS = 2000;
const AGAIN_MS = 500;
const ANEW_MS = 3000; // a connection that has been silent for so long is made anew: a phone that slept may hold a dead one
const UNANSWERED_MS = 10000; // that a STOP had no answer is shown so long
const at = (name) => document.getElementById(name);
const live = new URL("live", location.href);
live.protocol = "ws:";

let socket = null;
let newest = null; // the last view
let heardAt = performance.now();
let heardOn = Date.now(); // the same by the clock that goes on while a phone sleeps
let triedAt = 0; // when the connection was begun
let asked = false; // a frame was asked for
let askedToStop = 0; // when STOP was pressed here and handed over, until coach says itself what became of it

function connect() {
  const mine = new WebSocket(live);
  socket = mine;
  triedAt = performance.now();
  mine.onmessage = (event) => {
    if (socket !== mine) return;
    heardAt = performance.now();
    heardOn = Date.now();
    newest = JSON.parse(event.data);
    tell({ got: newest.n });
    frame();
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    socket = null;
    setTimeout(connect, AGAIN_MS);
  };
}

function tell(said) {
  const open = socket !== null && socket.readyState === WebSocket.OPEN;
  if (open) socket.send(JSON.stringify(said));
  return open;
}

function frame() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    if (newest) {
      draw(newest);
      if (document.visibilityState === "visible") tell({ drawn: newest.n });
    }
    hush();
  });
}

// What coach has not said for two seconds may be wrong by now.
function hush() {
  const silentMs = Math.max(performance.now() - heardAt, Date.now() - heardOn);
  const quiet = silentMs >= SILENT_MS;
  const words = newest ? newest.silent : "NO WORD FROM COACH. HOLD THE RAILS.";
  at("silent").hidden = !quiet || !words;
  text("silent-word", words);
  if (quiet && askedToStop > 0) text("stop", label());
  if (silentMs >= ANEW_MS) anew();
}

function anew() {
  if (socket === null || performance.now() - triedAt < ANEW_MS) return;
  const dead = socket;
  connect();
  dead.close();
}

// What stands on STOP while coach itself says nothing of it.
function label() {
  const forMs = performance.now() - askedToStop;
  if (askedToStop === 0 || forMs >= UNANSWERED_MS) return "STOP";
  return forMs < SILENT_MS ? "SENDING" : "NO ANSWER. PULL THE CLIP";
}

function text(name, words) {
  const element = at(name);
  if (element.textContent !== words) element.textContent = words;
}

function items(element, tag, words) {
  if (element.dataset.text === JSON.stringify(words)) return;
  element.dataset.text = JSON.stringify(words);
  element.replaceChildren(...words.map((one) => {
    const item = document.createElement(tag);
    item.textContent = one;
    return item;
  }));
}

function draw(view) {
  const body = document.body.dataset;
  body.role = view.role;
  body.now = view.now;
  body.hatched = view.hatched;
  body.alarm = view.alarm;
  body.full = view.full !== null;
  text("sign", view.sign);
  text("word", view.word);
  text("belt", view.belt);
  at("banner").style.setProperty("--letters", Math.max(view.sign.length + view.word.length + 2, 10));
  drawDigits(at("left"), view.left);
  text("left-label", view.left_label);
  drawDigits(at("speed"), view.speed);
  text("speed-label", view.speed_label);
  text("heart", view.heart);
  at("heart-box").dataset.zone = view.zone === null ? "" : view.zone;
  text("heart-word", view.heart_word);
  text("heart-more", view.heart_more);
  text("next", view.next);
  text("soon", view.soon);
  text("notice", view.notice);
  drawFull(view.full);
  items(at("captions"), "p", view.captions.map((one) => `${one.sign} ${one.text}`));
  if (view.answer) askedToStop = 0;
  at("stop").hidden = !view.stop;
  text("stop", view.answer || label());
}

function drawFull(full) {
  at("full").hidden = full === null;
  if (full === null) return;
  text("full-word", full.word);
  at("full-word").style.setProperty("--letters", Math.max(full.word.length, 4));
  text("full-press", full.press);
  at("full-press").style.setProperty("--letters", Math.max(full.press.length, 8));
  items(at("full-do"), "li", full.do);
  items(at("full-more"), "li", full.more);
  const box = at("full-numbers");
  if (box.childElementCount !== full.numbers.length) {
    box.replaceChildren(...full.numbers.map(() => {
      const one = document.createElement("div");
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "digits");
      svg.setAttribute("role", "img");
      one.append(svg, document.createElement("p"));
      return one;
    }));
  }
  full.numbers.forEach((number, index) => {
    const [svg, label] = box.children[index].children;
    drawDigits(svg, number.digits);
    label.textContent = number.label;
  });
}

function stop(event) {
  event.preventDefault();
  const sent = tell({ stop: true });
  askedToStop = sent ? performance.now() : 0;
  text("stop", sent ? "SENDING" : "NOT SENT. PULL THE CLIP");
}

// A finger that slides makes no click, so its touch counts; a click without one comes from a key.
at("stop").addEventListener("pointerdown", stop);
at("stop").addEventListener("click", (event) => {
  if (event.detail === 0) stop(event);
});
addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Escape") return;
  if (event.repeat) event.preventDefault();
  else stop(event);
});
document.addEventListener("visibilitychange", frame);
setInterval(hush, 250);
connect();
