import { AppShell, Burger, Group, NavLink, ScrollArea } from '@mantine/core';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconBook2 } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { useAddCamera } from '../add-camera/add-camera.tsx';
import { useAccess } from '../api/session.tsx';
import icon from '../icon.svg';
import { useText } from '../text/text.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { PLACES, type Place } from './places.ts';

/** Narrower than Mantine's breakpoint `sm`. */
const NARROW = '(max-width: 47.99em)';

/** The navigation on the left, on a phone behind a button, and the page. */
export function Shell({ children }: { children: ReactNode }) {
  const text = useText();
  const access = useAccess();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  // What is out of sight is not reached by the keyboard either.
  const isNarrow = useMediaQuery(NARROW) ?? false;
  const [location, go] = useLocation();
  const addCamera = useAddCamera();
  // A page that is gone to closes what led there.
  useEffect(close, [location]);
  useHotkeys([
    ['d', () => go('/')],
    ['s', () => go('/streams')],
    ['w', () => go('/wall')],
    ['a', () => access.may('operator') && addCamera()],
    ['/', () => go('/streams?find')],
  ]);
  const places = PLACES.filter(
    ({ needs, role }) => (!needs || access.has(needs)) && (!role || access.may(role)),
  );
  return (
    <AppShell
      layout="alt"
      navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      header={{ height: { base: 54, sm: 0 } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#main">
        {text.nav.skip}
      </a>
      <AppShell.Header hiddenFrom="sm" px="sm">
        <Group h="100%" justify="space-between">
          <Brand />
          <Burger opened={isOpen} onClick={toggle} aria-label={text.nav.menu} size="sm" />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={text.nav.main} inert={isNarrow && !isOpen}>
        <AppShell.Section px="xs" py="sm">
          <Group justify="space-between">
            <Brand />
            <Burger hiddenFrom="sm" opened={isOpen} onClick={toggle} aria-label={text.nav.menu} size="sm" />
          </Group>
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} type="auto">
          <Places places={places.filter(place => !place.isAdministration)} location={location} />
          <div className="nav-title">{text.nav.administration}</div>
          <Places places={places.filter(place => place.isAdministration)} location={location} />
          <NavLink href="/api/docs" label={text.nav.api} leftSection={<IconBook2 size={19} stroke={1.6} />} />
        </AppShell.Section>
        <AppShell.Section>
          <AccountMenu />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <ConnectionNotice />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function Brand() {
  return (
    <Link href="/" className="brand">
      <img src={icon} alt="" width={28} height={28} /> FLUX IoT
    </Link>
  );
}

function Places({ places, location }: { places: readonly Place[]; location: string }) {
  const { nav } = useText();
  return places.map(({ page, path, icon: Sign }) => {
    const isHere = path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
    return (
      <NavLink
        key={path}
        component={Link}
        href={path}
        label={nav[page]}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        leftSection={<Sign size={19} stroke={1.6} />}
      />
    );
  });
}
