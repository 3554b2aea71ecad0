#ifndef BOARD_H
#define BOARD_H

void board_say(const char *text);
void board_exit(int code);

#endif
