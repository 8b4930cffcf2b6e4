import { Menu, NavLink, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { api } from '../api/client.ts';
import { useAccess, useReenter } from '../api/session.tsx';
import { LANGUAGES, type Language, useLanguage } from '../text/text.tsx';

const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;

/** Who is logged in, the language and the colours. */
export function AccountMenu() {
  const { text, language, choose } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { user } = useAccess();
  const reenter = useReenter();
  const logOut = async () => {
    await api.logout();
    await reenter();
  };
  return (
    <Menu position="top-start" width={208}>
      <Menu.Target>
        <NavLink
          component="button"
          label={user?.name ?? text.nav.account}
          description={user && (text.roles[user.role] ?? user.role)}
          leftSection={<IconUserCircle size={22} stroke={1.5} />}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text.nav.languageLabel}</Menu.Label>
        {Object.entries(LANGUAGES).map(([name, label]) => (
          <Menu.Item
            key={name}
            lang={name}
            onClick={() => choose(name as Language)}
            rightSection={name === language && <IconCheck size={16} />}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{text.nav.theme}</Menu.Label>
        {SCHEMES.map(([scheme, Sign]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Sign size={16} />}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme && <IconCheck size={16} />}
          >
            {text.nav[scheme]}
          </Menu.Item>
        ))}
        {user && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
              {text.nav.logOut}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
