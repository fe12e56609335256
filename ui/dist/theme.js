// Runs before the first paint, so that a chosen theme does not flash.
try {
  const theme = JSON.parse(localStorage.getItem("tidegate.theme") ?? '"auto"');
  if (["auto", "light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // The system's theme it is.
}
