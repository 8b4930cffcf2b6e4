import {
  type Icon,
  IconBuilding,
  IconCamera,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconLayoutGrid,
  IconMovie,
  IconServer2,
  IconSettings,
  IconUsers,
  IconVideo,
  IconWebhook,
} from '@tabler/icons-react';
import type { ApiPath, Role } from '../api/types.ts';

/** A page that the navigation leads to. */
export interface Place {
  readonly page:
    | 'dashboard'
    | 'streams'
    | 'wall'
    | 'recordings'
    | 'devices'
    | 'nodes'
    | 'tenants'
    | 'users'
    | 'keys'
    | 'hooks'
    | 'audit'
    | 'settings';
  readonly path: string;
  readonly icon: Icon;
  /** A path of the API without which there is nothing to show; the page is then not in the navigation. */
  readonly needs?: ApiPath;
  readonly role?: Role;
  readonly isAdministration?: boolean;
}

export const PLACES: readonly Place[] = [
  { page: 'dashboard', path: '/', icon: IconLayoutDashboard },
  { page: 'streams', path: '/streams', icon: IconVideo },
  { page: 'wall', path: '/wall', icon: IconLayoutGrid },
  { page: 'recordings', path: '/recordings', icon: IconMovie, needs: '/recordings' },
  { page: 'devices', path: '/devices', icon: IconCamera, needs: '/gb28181/devices' },
  { page: 'nodes', path: '/nodes', icon: IconServer2, isAdministration: true },
  {
    page: 'tenants',
    path: '/tenants',
    icon: IconBuilding,
    needs: '/tenants',
    role: 'administrator',
    isAdministration: true,
  },
  {
    page: 'users',
    path: '/users',
    icon: IconUsers,
    needs: '/users',
    role: 'administrator',
    isAdministration: true,
  },
  {
    page: 'keys',
    path: '/keys',
    icon: IconKey,
    needs: '/keys',
    role: 'administrator',
    isAdministration: true,
  },
  {
    page: 'hooks',
    path: '/hooks',
    icon: IconWebhook,
    needs: '/hooks',
    role: 'administrator',
    isAdministration: true,
  },
  {
    page: 'audit',
    path: '/audit',
    icon: IconHistory,
    needs: '/audit',
    role: 'administrator',
    isAdministration: true,
  },
  { page: 'settings', path: '/settings', icon: IconSettings, isAdministration: true },
];
