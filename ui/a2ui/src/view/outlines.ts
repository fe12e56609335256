/** An icon on a field of 24 × 24: what is drawn with a pen, and what is filled. */
export interface Outline {
  lines?: string;
  solid?: string;
}

const BELL = "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5a2.2 2.2 0 0 0 4 0";
const EYE = "M2.5 12C5 7.8 8.2 5.8 12 5.8s7 2 9.5 6.2c-2.5 4.2-5.7 6.2-9.5 6.2S5 16.2 2.5 12ZM9.2 12a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 1 0-5.6 0";
const HEART = "M12 20C7 16.3 3.5 13 3.5 9A4.5 4.5 0 0 1 12 6.8 4.5 4.5 0 0 1 20.5 9C20.5 13 17 16.3 12 20Z";
const PHONE = "M5 4h3.5l1.8 4.5-2.3 1.7a12 12 0 0 0 5.8 5.8l1.7-2.3L20 15.5V19a1.5 1.5 0 0 1-1.6 1.5A16 16 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4Z";
const SPEAKER = "M4 9.5h3.5L12 5.5v13l-4.5-4H4Z";
const STAR = "m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8Z";
const HALF_STAR = "M12 3.5v13.4l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8Z";
const STRIKE = "M4 4l16 16";
const CALENDAR = "M4 6.5h16V20H4ZM4 10.5h16M8 4v4M16 4v4";

/** The icons of the standard catalogues (0.9 has all of 0.8's), drawn for this page. */
export const OUTLINES: Readonly<Record<string, Outline>> = {
  accountCircle: { lines: "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M9 9.8a3 3 0 1 0 6 0 3 3 0 1 0-6 0M6.5 18.3c1.2-2 3-3 5.5-3s4.3 1 5.5 3" },
  add: { lines: "M12 5v14M5 12h14" },
  arrowBack: { lines: "M20 12H4M10.5 5.5 4 12l6.5 6.5" },
  arrowForward: { lines: "M4 12h16M13.5 5.5 20 12l-6.5 6.5" },
  attachFile: { lines: "M18 8v8.5a5.5 5.5 0 0 1-11 0V7a3.5 3.5 0 0 1 7 0v9a1.5 1.5 0 0 1-3 0V8" },
  calendarToday: { lines: CALENDAR },
  call: { lines: PHONE },
  camera: { lines: "M3.5 8h4L9 5.5h6L16.5 8h4v11.5h-17ZM8.5 13.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0" },
  check: { lines: "m5 12.5 4.5 4.5L19.5 7" },
  close: { lines: "M6 6l12 12M18 6 6 18" },
  delete: { lines: "M4.5 7h15M9 7V4.5h6V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5" },
  download: { lines: "M12 4v11.5M7 11l5 5 5-5M4.5 20h15" },
  edit: { lines: "m5 19 .8-4L16 4.8 19.2 8 9 18.2ZM13.5 7.3l3.2 3.2" },
  event: { lines: CALENDAR, solid: "M13 13.5h4v4h-4Z" },
  error: { lines: "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M12 7.5v5.5M12 16.2h.01" },
  fastForward: { solid: "M3.5 6 12 12l-8.5 6ZM12 6l8.5 6-8.5 6Z" },
  favorite: { lines: HEART, solid: HEART },
  favoriteOff: { lines: HEART },
  folder: { lines: "M3.5 6h6l2 2.5h9V19h-17Z" },
  help: { lines: "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M9.5 9.7A2.5 2.5 0 1 1 12 12.5V14M12 16.8h.01" },
  home: { lines: "M4 11.5 12 4.5l8 7M6 10v9.5h4.5v-5h3v5H18V10" },
  info: { lines: "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M12 11v5.5M12 7.8h.01" },
  locationOn: { lines: "M12 21c-4.3-4.4-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.2 6.6-6.5 11ZM9.7 10a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0" },
  lock: { lines: "M5.5 11h13v9h-13ZM8 11V8a4 4 0 0 1 8 0v3M12 14.5v2" },
  lockOpen: { lines: "M5.5 11h13v9h-13ZM8 11V8a4 4 0 0 1 7.7-1.5M12 14.5v2" },
  mail: { lines: "M3.5 6h17v12.5h-17ZM4 6.5l8 6.5 8-6.5" },
  menu: { lines: "M4 7h16M4 12h16M4 17h16" },
  moreVert: { solid: "M10.3 5.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M10.3 12a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M10.3 18.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0" },
  moreHoriz: { solid: "M3.8 12a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M10.3 12a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M16.8 12a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0" },
  notificationsOff: { lines: `${BELL}${STRIKE}` },
  notifications: { lines: BELL },
  pause: { solid: "M6.5 5.5h4v13h-4ZM13.5 5.5h4v13h-4Z" },
  payment: { lines: "M3 6h18v12.5H3ZM3 10.3h18M6.5 15h4" },
  person: { lines: "M8.5 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M5 19.5c.8-3.6 3.1-5.4 7-5.4s6.2 1.8 7 5.4Z" },
  phone: { lines: PHONE },
  photo: { lines: "M4 4.5h16v15H4ZM4.5 17l4.5-5 3.5 4 2.5-2.5 4.5 4.5M14 8.7a1.3 1.3 0 1 0 2.6 0 1.3 1.3 0 1 0-2.6 0" },
  play: { solid: "M7.5 5 19 12 7.5 19Z" },
  print: { lines: "M7 9V4h10v5M7 16.5H4V9h16v7.5h-3M7 13.5h10V20H7Z" },
  refresh: { lines: "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5V8H15" },
  rewind: { solid: "M20.5 6 12 12l8.5 6ZM12 6l-8.5 6 8.5 6Z" },
  search: { lines: "M4.5 10.8a6.3 6.3 0 1 0 12.6 0 6.3 6.3 0 1 0-12.6 0M15.5 15.5 20 20" },
  send: { lines: "M4 4.5 20.5 12 4 19.5l2.5-7.5ZM6.5 12h7" },
  settings: { lines: "M9.3 12a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0M5.5 12a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8" },
  share: { lines: "M15.5 5.5a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0M4 12a2.3 2.3 0 1 0 4.6 0A2.3 2.3 0 1 0 4 12M15.5 18.5a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0M8.4 10.9l7.3-4.3M8.4 13.1l7.3 4.3" },
  shoppingCart: { lines: "M2.5 4.5H5l2.5 11h10l2.5-8H6M8 19.3a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0M15 19.3a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0" },
  skipNext: { lines: "M18.5 5.5v13", solid: "M5.5 5.5 15.5 12l-10 6.5Z" },
  skipPrevious: { lines: "M5.5 5.5v13", solid: "M18.5 5.5 8.5 12l10 6.5Z" },
  star: { lines: STAR, solid: STAR },
  starHalf: { lines: STAR, solid: HALF_STAR },
  starOff: { lines: STAR },
  stop: { solid: "M6 6h12v12H6Z" },
  upload: { lines: "M12 16V4.5M7 9.5l5-5 5 5M4.5 20h15" },
  visibility: { lines: EYE },
  visibilityOff: { lines: `${EYE}${STRIKE}` },
  volumeDown: { lines: `${SPEAKER}M15.5 9a4.2 4.2 0 0 1 0 6` },
  volumeMute: { lines: SPEAKER },
  volumeOff: { lines: `${SPEAKER}M16 9.5l5 5M21 9.5l-5 5` },
  volumeUp: { lines: `${SPEAKER}M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11` },
  warning: { lines: "M12 4 2.8 19.8h18.4ZM12 10v4.5M12 17.2h.01" },
};
