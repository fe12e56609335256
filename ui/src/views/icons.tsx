import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"
      stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

/** A gate standing in two waves. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg class="logo" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect class="logo-ground" width="32" height="32" rx="9" />
      <path class="logo-gate" d="M9.5 20V13a6.5 6.5 0 0 1 13 0v7M16 7v12" />
      <path class="logo-wave" d="M5 20.2c1.9 0 1.9 1.6 3.7 1.6s1.8-1.6 3.6-1.6 1.9 1.6 3.7 1.6 1.8-1.6 3.7-1.6 1.8 1.6 3.6 1.6 1.9-1.6 3.7-1.6" />
      <path class="logo-wave low" d="M8 25c1.6 0 1.6 1.4 3.2 1.4s1.6-1.4 3.2-1.4 1.6 1.4 3.2 1.4 1.6-1.4 3.2-1.4 1.6 1.4 3.2 1.4" />
    </svg>
  );
}

export const PlusIcon = () => <Icon><path d="M12 5v14M5 12h14" /></Icon>;
export const SearchIcon = () => <Icon><circle cx="11" cy="11" r="6.5" /><path d="m20 20-4.3-4.3" /></Icon>;
export const CloseIcon = () => <Icon><path d="M6 6l12 12M18 6 6 18" /></Icon>;
export const MenuIcon = () => <Icon><path d="M4 7h16M4 12h16M4 17h10" /></Icon>;
export const DotsIcon = () => <Icon><path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="2.6" /></Icon>;
export const SendIcon = () => <Icon><path d="M12 19V5M6 11l6-6 6 6" stroke-width="2" /></Icon>;
export const StopIcon = () => <Icon><rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor" stroke="none" /></Icon>;
export const DownIcon = () => <Icon><path d="M12 5v14M6 13l6 6 6-6" /></Icon>;
export const CopyIcon = () => <Icon><rect x="9" y="9" width="11" height="11" rx="2.5" /><path d="M5 15V6.5A2.5 2.5 0 0 1 7.5 4H15" /></Icon>;
export const CheckIcon = () => <Icon><path d="m5 12.5 4.5 4.5L19 7.5" /></Icon>;
export const SunIcon = () => <Icon><circle cx="12" cy="12" r="4" /><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4" /></Icon>;
export const MoonIcon = () => <Icon><path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z" /></Icon>;
export const HalfIcon = () => <Icon><circle cx="12" cy="12" r="8" /><path d="M12 4a8 8 0 0 1 0 16Z" fill="currentColor" stroke="none" /></Icon>;
export const ClockIcon = () => <Icon><circle cx="12" cy="12" r="8" /><path d="M12 7.5V12l3 2" /></Icon>;
export const AlertIcon = () => <Icon><path d="M12 4 3 19.5h18L12 4ZM12 10v4.5M12 17h.01" /></Icon>;
export const ChannelsIcon = () => <Icon><path d="M4 6.5h11a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H9l-3.5 3v-3H4a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z" /><path d="M20 9.5h1v8h-1.5V20L16 17.5h-3" /></Icon>;
export const CanvasIcon = () => <Icon><rect x="4" y="5" width="16" height="14" rx="2.5" /><path d="M4 9.5h16M13 9.5V19" /></Icon>;
export const ReloadIcon = () => <Icon><path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15" /></Icon>;
export const WideIcon = () => <Icon><path d="M9 5H5v4M15 5h4v4M9 19H5v-4M15 19h4v-4" /></Icon>;
export const NarrowIcon = () => <Icon><path d="M5 9h4V5M19 9h-4V5M5 15h4v4M19 15h-4v4" /></Icon>;
export const DevicesIcon = () => <Icon><rect x="3.5" y="5" width="12" height="9.5" rx="1.5" /><path d="M2.5 18h9M18.5 9h.5a1.5 1.5 0 0 1 1.5 1.5V18a1.5 1.5 0 0 1-1.5 1.5h-3.5A1.5 1.5 0 0 1 14 18" /></Icon>;
export const NodesIcon = () => <Icon><circle cx="12" cy="6" r="2.5" /><circle cx="5.5" cy="17.5" r="2.5" /><circle cx="18.5" cy="17.5" r="2.5" /><path d="M10.8 8.2 6.8 15.3M13.2 8.2l4 7.1M8 17.5h8" /></Icon>;
export const ApprovalsIcon = () => <Icon><path d="M12 3.5 5 6v5.5c0 4.2 2.8 7.4 7 9 4.2-1.6 7-4.8 7-9V6l-7-2.5Z" /><path d="m9 11.8 2.2 2.2L15.2 10" /></Icon>;
export const PersonIcon = () => <Icon><circle cx="12" cy="8.5" r="3.5" /><path d="M5 19.5c.8-3.4 3.4-5 7-5s6.2 1.6 7 5" /></Icon>;
export const TraceIcon = () => <Icon><circle cx="6" cy="6" r="2" /><circle cx="18" cy="18" r="2" /><path d="M8 6h6a3 3 0 0 1 0 6h-4a3 3 0 0 0 0 6h6" /></Icon>;
