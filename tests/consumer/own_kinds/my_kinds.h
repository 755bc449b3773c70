#pragma once

// What this project adds to libsep, a file each.
void add_my_network();
void add_my_loss();
void add_my_metric();
void add_my_augmentation();
void add_my_layout();

inline void add_my_kinds() {
  add_my_network();
  add_my_loss();
  add_my_metric();
  add_my_augmentation();
  add_my_layout();
}
