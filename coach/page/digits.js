"use strict";
// Digits as strokes, so that their height is that of their box on every device, whatever fonts it has.
// Each is drawn from 0 to 100 with a pen of 12.
const GLYPHS = {
  0: [56, "M28 6C13 6 6 22 6 50S13 94 28 94 50 78 50 50 43 6 28 6Z"],
  1: [44, "M8 24L28 6L28 94"],
  2: [56, "M7 30C7 14 16 6 28 6C41 6 49 14 49 27C49 45 28 60 7 94L50 94"],
  3: [56, "M7 22C11 11 18 6 28 6C40 6 48 14 48 27C48 40 40 47 26 48C42 49 50 57 50 71C50 86 40 94 28 94C16 94 9 88 6 78"],
  4: [56, "M40 94L40 6L6 68L50 68"],
  5: [56, "M46 6L13 6L10 46C15 41 21 39 28 39C42 39 50 50 50 66C50 83 40 94 27 94C17 94 10 89 7 80"],
  6: [56, "M46 18C42 10 36 6 29 6C13 6 6 26 6 56C6 82 14 94 28 94C41 94 50 84 50 67C50 50 41 41 29 41C17 41 8 51 6 64"],
  7: [56, "M6 6L50 6C34 34 25 60 22 94"],
  8: [56, "M28 47C16 47 9 39 9 27C9 14 17 6 28 6C39 6 47 14 47 27C47 39 40 47 28 47C14 47 6 57 6 71C6 86 15 94 28 94C41 94 50 86 50 71C50 57 42 47 28 47Z"],
  9: [56, "M10 82C14 90 20 94 27 94C43 94 50 74 50 44C50 18 42 6 28 6C15 6 6 16 6 33C6 50 15 59 27 59C39 59 48 49 50 36"],
  ":": [16, "M8 30L8 34M8 70L8 74"],
  ".": [16, "M8 92L8 94"],
  "-": [44, "M8 50L36 50"],
  "\u2013": [44, "M8 50L36 50"],
  "h": [50, "M8 6L8 94M8 60C12 44 42 40 42 64L42 94"],
  " ": [22, ""],
};
const GAP = 7;

// Draw a text of digits into an svg element.
function drawDigits(svg, text) {
  if (svg.dataset.text === text) return;
  svg.dataset.text = text;
  svg.setAttribute("aria-label", text);
  const paths = [];
  let x = 0;
  for (const sign of text) {
    const [width, path] = GLYPHS[sign] || GLYPHS["-"];
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawn.setAttribute("d", path);
    drawn.setAttribute("transform", `translate(${x} 0)`);
    paths.push(drawn);
    x += width + GAP;
  }
  svg.setAttribute("viewBox", `0 0 ${Math.max(x - GAP, 1)} 100`);
  svg.replaceChildren(...paths);
}
